"use strict";
(() => {
  const find = (id) => document.getElementById(id);
  const say = (words) => { find("said").textContent = words; };
  const link = /^(https?|file):/.test(location.protocol) ? location.href : "";
  const print = find("print");
  print.hidden = false;
  print.addEventListener("click", () => window.print());
  if (!link) return;  // shown inside another page: there is no address to share
  find("mail").href += "&body=" + encodeURIComponent(link);
  const copy = find("copy");
  copy.hidden = false;
  copy.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(link);
      say(copy.dataset.done);
    } catch {
      say(copy.dataset.failed + " " + link);
    }
  });
})();
