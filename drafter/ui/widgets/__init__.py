"""Small inline components (st.components.v2), for what Streamlit's own widgets cannot show safely."""
