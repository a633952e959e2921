// What a stored page cannot carry: a nonce, the time on the page, where the reader came from, and a hint at a typo.
// Every form works without this file.

const COMMON = ["gmail.com", "yahoo.com", "hotmail.com", "outlook.com", "icloud.com", "aol.com", "comcast.net", "live.com"];
const began = performance.now();

for (const form of document.querySelectorAll("form[data-ask]")) prepare(form);

function prepare(form) {
  const field = (name) => form.elements.namedItem(name);
  const nonce = field("nonce");
  // What was sent from here, kept with this page's place in the history: whoever goes back and sends it again
  // sends the same request, and whoever changes something a new one. A form shown again brings its own nonce.
  let last = history.state?.[form.action] ?? (nonce.value ? { nonce: nonce.value, said: said(form) } : null);

  fill(field, "ref_host", cameFrom());
  for (const [name, value] of new URLSearchParams(location.search)) {
    if (/^utm_(source|medium|campaign|content)$/.test(name)) fill(field, name, value.slice(0, 80));
  }
  form.addEventListener("submit", () => {
    const now = said(form);
    if (last?.said !== now) last = { nonce: crypto.randomUUID?.() ?? "", said: now };
    nonce.value = last.nonce;
    history.replaceState({ ...history.state, [form.action]: last }, "");
    field("elapsed_ms").value = Math.round(performance.now() - began);
  });
  field("email")?.addEventListener("change", (event) => suggest(event.target));
}

// A number that tells what a reader typed and chose from anything else, and says nothing of it.
function said(form) {
  const typed = [...form.elements].filter((one) => one.name && !["hidden", "submit"].includes(one.type));
  const words = typed.map((one) => `${one.name}=${one.checked}=${one.value}`);
  let number = 2166136261;
  for (const unit of words.join("\n")) number = Math.imul(number ^ unit.codePointAt(0), 16777619);
  return number >>> 0;
}

function fill(field, name, value) {
  if (value && field(name) && !field(name).value) field(name).value = value;
}

function cameFrom() {
  try {
    const host = new URL(document.referrer).hostname;
    return host === location.hostname ? "" : host;
  } catch {
    return "";
  }
}

function suggest(input) {
  const [local, domain = ""] = input.value.trim().toLowerCase().split("@");
  const meant = COMMON.includes(domain) ? "" : COMMON.find((known) => isNear(domain, known));
  let note = input.parentElement.querySelector(".meant");
  if (!note) {
    note = Object.assign(document.createElement("p"), { className: "meant" });
    note.setAttribute("role", "status");
    input.after(note);
  }
  note.replaceChildren();
  if (!meant) return;
  const button = Object.assign(document.createElement("button"), { type: "button", textContent: `${local}@${meant}` });
  button.addEventListener("click", () => {
    input.value = button.textContent;
    input.dispatchEvent(new Event("input", { bubbles: true }));
    note.replaceChildren("Changed.");
    input.focus();
  });
  note.append("Did you mean ", button, "?");
}

// One letter more, less, other, or two swapped.
function isNear(a, b) {
  if (!a || Math.abs(a.length - b.length) > 1) return false;
  let i = 0;
  while (i < a.length && a[i] === b[i]) i += 1;
  const rests = [[i + 1, i + 1], [i + 1, i], [i, i + 1]];
  if (a[i] === b[i + 1] && a[i + 1] === b[i]) rests.push([i + 2, i + 2]);
  return rests.some(([x, y]) => a.slice(x) === b.slice(y));
}
