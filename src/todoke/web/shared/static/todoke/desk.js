// Enhancements only; every page works without them. Keys on lists: / search, j and k rows, Enter opens.
"use strict";

const typing = (target) => target.matches("input, textarea, select, [contenteditable]");

function rowLinks() {
  return Array.from(document.querySelectorAll("[data-rows] tbody a[data-open]"));
}

function moveRow(step) {
  const links = rowLinks();
  if (links.length === 0) return;
  const at = links.findIndex((link) => link.closest("tr").contains(document.activeElement));
  const next = at < 0 ? (step > 0 ? 0 : links.length - 1) : Math.min(links.length - 1, Math.max(0, at + step));
  links[next].focus();
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || typing(event.target)) return;
  if (event.key === "/") {
    const search = document.querySelector("input[type=search]");
    if (search) {
      event.preventDefault();
      search.focus();
      search.select();
    }
  } else if (event.key === "j" || event.key === "k") {
    moveRow(event.key === "j" ? 1 : -1);
  }
});

// A second click on a button that is already at work does nothing; the server refuses it anyway.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post") return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "1";
});
window.addEventListener("pageshow", () => {
  document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent);
});

// After a form came back with mistakes, the first of them gets the focus.
const mistakes = document.querySelector("[data-mistakes]");
if (mistakes) mistakes.focus();
