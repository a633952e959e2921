/* While the worker is busy with what the page shows, look again every few seconds; without script there is a link. */

const PAUSE = 2500

async function look() {
  const region = document.querySelector("[data-at-work]")
  if (!region) return
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } })
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html")
    const now = fresh.querySelector("[data-at-work]")
    if (!now) {
      location.reload()
      return
    }
    region.replaceChildren(...now.childNodes)
  } catch {
    // The next look may find the network again.
  }
  setTimeout(look, PAUSE)
}

setTimeout(look, PAUSE)
