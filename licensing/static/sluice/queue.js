// Keys for the queue: j and k go from case to case, Enter opens (it is a link), / goes to the search box.
const table = document.querySelector("[data-queue]");
if (table) {
  const links = [...table.querySelectorAll("tbody th a")];
  document.querySelector(".officer-keys")?.removeAttribute("hidden");
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select, textarea")) return;
    if (event.key === "/") {
      event.preventDefault();
      document.getElementById("id_q").focus();
      return;
    }
    const step = { j: 1, k: -1 }[event.key];
    if (!step) return;
    const next = links[Math.min(Math.max(links.indexOf(document.activeElement) + step, 0), links.length - 1)];
    next.focus();
    next.scrollIntoView({ block: "nearest" });
  });
}
