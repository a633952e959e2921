/* Who else has this page open (PUB-73). A window says every now and then that it is there, and is told of the others.
 *
 * A tab in the background counts as long as it holds text that is not saved. */

import { isOwn, standing, token, UNATTENDED } from "stemsite/standing"

const EVERY = 15_000

export function watchOthers(form, guard) {
  const line = document.getElementById("others")
  const url = line?.dataset.url
  if (!url) return
  const key = form.querySelector('input[name="buffer_key"]').value
  let timer

  const words = (more) => new URLSearchParams({ csrfmiddlewaretoken: token(), window: key, ...more })

  const show = (said) => {
    if (line.textContent !== said) line.textContent = said
    line.hidden = said === ""
  }

  async function beat() {
    clearTimeout(timer)
    const unsaved = guard.isChanged()
    if (document.hidden && !unsaved) return leave()
    timer = setTimeout(beat, EVERY)
    if (!navigator.onLine) return show("")
    try {
      // Asked first: a login in another tab has changed the token.
      if (!isOwn(await standing(UNATTENDED))) return show("")
      const body = words({ ...(unsaved && { unsaved: 1 }), ...(document.hidden && { behind: 1 }) })
      const answer = await fetch(url, { method: "POST", redirect: "manual", headers: UNATTENDED, body })
      show(answer.ok ? (await answer.json()).words : "")
    } catch {
      show("")
    }
  }

  function leave() {
    clearTimeout(timer)
    navigator.sendBeacon(url, words({ gone: 1 }))
  }

  document.addEventListener("visibilitychange", beat)
  window.addEventListener("pagehide", leave)
  window.addEventListener("pageshow", ({ persisted }) => persisted && beat())
  beat()
}
