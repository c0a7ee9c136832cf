from drafter.ui import show

show()
