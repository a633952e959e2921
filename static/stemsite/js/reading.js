// Opens the reference behind a citation beside its number, and the definition of a term beside the term; copies the
// questions for the doctor. One file, because each is a request; without script links stay links and questions print.

const card = document.createElement("div");
card.className = "ref-card";
card.id = "ref-card";
card.tabIndex = -1;
card.setAttribute("role", "dialog");
card.setAttribute("popover", "auto");

function reference(link, entry) {
  const name = `Reference ${entry.id.replace("ref-", "")}`;
  const text = entry.cloneNode(true);
  text.querySelectorAll(".back").forEach((links) => links.remove());
  text.querySelectorAll("[id]").forEach((node) => node.removeAttribute("id"));
  fill(name, link.dataset.loc ? `${name}, ${link.dataset.loc}` : name, text.childNodes, link.hash, "See it in the list");
}

function definition(link, entry) {
  const [term, ...lines] = entry.children;
  const body = lines.filter((line) => !line.matches(".used")).map((line) => {
    const text = document.createElement("p");
    text.className = line.className;
    text.append(...line.cloneNode(true).childNodes);
    return text;
  });
  fill(term.firstChild.textContent, term.textContent, body, link.href, "See it in the glossary");
}

function fill(name, title, content, address, words) {
  card.replaceChildren();
  card.setAttribute("aria-label", name);
  const head = document.createElement("p");
  head.className = "ref-card-head";
  head.textContent = title;
  const body = document.createElement("div");
  body.append(...content);
  const foot = document.createElement("p");
  foot.className = "ref-card-foot";
  const toList = document.createElement("a");
  toList.href = address;
  toList.textContent = words;
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
let glossary = null;

// The glossary is asked for once, at the first press; nothing is sent along, and nothing is asked for before.
async function explained(link) {
  glossary ??= fetch(link.pathname).then(async (answer) => {
    if (!answer.ok) throw new Error(answer.status);
    return new DOMParser().parseFromString(await answer.text(), "text/html");
  });
  return (await glossary).getElementById(link.hash.slice(1));
}

async function open(event) {
  const link = event.target.closest('a[role="doc-biblioref"], a[href^="/glossary/#"]');
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button || card.contains(link)) return;
  if (link.pathname !== "/glossary/") {
    const entry = document.getElementById(link.hash.slice(1));
    if (!entry) return;
    event.preventDefault();
    reference(link, entry);
  } else {
    event.preventDefault();
    const entry = await explained(link).catch(() => null);
    if (!entry) {
      location.href = link.href;
      return;
    }
    definition(link, entry);
  }
  opener = link;
  if (!card.isConnected) document.body.append(card);
  card.showPopover();
  place(link);
  card.focus({ preventScroll: true });
}

if ("popover" in card) {
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

// The questions for the doctor as plain text, with the page they come from.
const list = document.querySelector(".questions");

function asText() {
  const heading = list.querySelector("h2");
  const items = [...list.querySelectorAll("li")].map((item) => `- ${item.textContent.trim().replace(/\s+/g, " ")}`);
  const source = list.querySelector(".print-only");
  return [heading && heading.textContent.trim(), items.join("\n"), source && source.textContent.trim()]
    .concat(`${location.origin}${location.pathname}`)
    .filter(Boolean)
    .join("\n\n");
}

function offerCopy() {
  const line = document.createElement("p");
  line.className = "ask";
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button";
  button.textContent = "Copy these questions";
  const told = document.createElement("span");
  told.className = "small";
  told.setAttribute("role", "status");
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(asText());
      told.textContent = " Copied. You can paste them into a message or a note.";
    } catch {
      told.textContent = " Your browser did not allow it. You can select the questions and copy them.";
    }
  });
  line.append(button, told);
  list.append(line);
}

// What is added before the page is painted is laid out while the reader still waits.
if (list && navigator.clipboard) {
  new PerformanceObserver((_, painted) => {
    painted.disconnect();
    offerCopy();
  }).observe({ type: "paint", buffered: true });
}
