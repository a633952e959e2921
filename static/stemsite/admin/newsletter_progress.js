// Keeps the numbers of an issue on its way fresh; without it, loading the page again does the same.
const EVERY = 4000;

async function renew() {
  const shown = document.getElementById("progress");
  if (!shown || document.hidden || shown.contains(document.activeElement)) return;
  const answer = await fetch(location.href, { headers: { Accept: "text/html" }, redirect: "manual" });
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.getElementById("progress");
  if (!fresh) return;
  const state = (root) => root.querySelector(".standing .state")?.textContent.trim();
  if (state(page) !== state(document)) {
    location.reload();
    return;
  }
  shown.replaceWith(document.adoptNode(fresh));
}

setInterval(() => renew().catch(() => {}), EVERY);
