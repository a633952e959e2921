// Opens the reference behind a citation beside its number. Without script, or in a browser without
// popovers, the citation stays what it is: a link to the list.

const card = document.createElement("div");
card.className = "ref-card";
card.id = "ref-card";
card.tabIndex = -1;
card.setAttribute("role", "dialog");
card.setAttribute("popover", "auto");

function fill(link, entry) {
  const number = entry.id.replace("ref-", "");
  const text = entry.cloneNode(true);
  text.querySelectorAll(".back").forEach((links) => links.remove());
  text.querySelectorAll("[id]").forEach((node) => node.removeAttribute("id"));
  card.replaceChildren();
  card.setAttribute("aria-label", `Reference ${number}`);
  const head = document.createElement("p");
  head.className = "ref-card-head";
  head.textContent = `Reference ${number}`;
  if (link.dataset.loc) head.append(`, ${link.dataset.loc}`);
  const body = document.createElement("div");
  body.append(...text.childNodes);
  const foot = document.createElement("p");
  foot.className = "ref-card-foot";
  const toList = document.createElement("a");
  toList.href = link.hash;
  toList.textContent = "See it in the list";
  toList.addEventListener("click", () => card.hidePopover());
  const close = document.createElement("button");
  close.type = "button";
  close.textContent = "Close";
  close.addEventListener("click", () => card.hidePopover());
  foot.append(toList, close);
  card.append(head, body, foot);
}

function place(link) {
  const box = link.getBoundingClientRect();
  const edge = 8;
  const width = card.offsetWidth;
  const left = Math.min(Math.max(edge, box.left - 24), document.documentElement.clientWidth - width - edge);
  const below = box.bottom + edge;
  const fits = below + card.offsetHeight < window.innerHeight || box.top < card.offsetHeight + edge;
  card.style.left = `${Math.max(edge, left) + window.scrollX}px`;
  card.style.top = `${(fits ? below : box.top - card.offsetHeight - edge) + window.scrollY}px`;
}

let opener = null;

function open(event) {
  const link = event.target.closest('a[role="doc-biblioref"]');
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  const entry = document.getElementById(link.hash.slice(1));
  if (!entry) return;
  event.preventDefault();
  fill(link, entry);
  opener = link;
  card.showPopover();
  place(link);
  card.focus({ preventScroll: true });
}

if ("popover" in card) {
  document.body.append(card);
  document.addEventListener("click", open);
  card.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    card.hidePopover();
    opener?.focus();
  });
  card.addEventListener("beforetoggle", (event) => {
    if (event.newState === "closed" && card.contains(document.activeElement)) opener?.focus({ preventScroll: true });
  });
}

// A guide without sources has no questions for the doctor either; one module tag serves both.
if (document.querySelector(".questions")) import("./questions.js");
