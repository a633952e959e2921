/* Saving without losing the form: it is left only once the server has said that it was saved (PUB-77, PUB-78, PUB-81). */

import { isOwn, signIn, standing } from "stemsite/standing"
import { say } from "stemsite/status"

const PATIENCE = 60_000

const HELP = {
  403: "Not saved: you may not save this page any more. Your text is still here; copy what you need, or ask its keeper.",
  404: "Not saved: this page is not there any more. Your text is still here; copy it before you leave.",
  413: "Not saved: this is more text than the site takes at once. Everything is still here. Divide it into two pages, or remove what was pasted by mistake, and save again.",
}

const SHOWN = new Set([200, 409, 422, 503])
/** Answers that show the form again, with what is wrong. */

const helpFor = (status) =>
  HELP[status] ?? `Not saved: the site had a fault (${status}). Everything you typed is still here. Wait a minute, then save again.`

/** True when the person whose text this is stands behind this browser, by a login in place where needed. */
async function isPresent() {
  const found = await standing()
  return isOwn(found) || signIn(found)
}

async function post(form, submitter) {
  return fetch(form.action || location.href, {
    method: "POST",
    body: new FormData(form, submitter),
    headers: { "X-Stemsite-Form": "1" },
    redirect: "manual",
    signal: AbortSignal.timeout(PATIENCE),
  })
}

export function saveInPlace(form, guard, autosave) {
  let busy = false
  let native = false

  async function save(submitter) {
    say("Saving …")
    if (!(await isPresent())) return false
    const answer = await post(form, submitter)
    if (answer.ok && answer.headers.get("Content-Type")?.startsWith("application/json")) {
      const { to } = await answer.json()
      autosave.finished()
      guard.leave()
      location.assign(new URL(to, location.href))
      return true
    }
    if (SHOWN.has(answer.status)) {
      // Nothing was stored: sent once more by the browser itself, which shows the answer.
      native = true
      guard.leave()
      form.requestSubmit(submitter)
      return true
    }
    say(helpFor(answer.status))
    return false
  }

  form.addEventListener("submit", async (event) => {
    const { submitter } = event
    if (event.defaultPrevented || native || submitter?.formTarget === "_blank") return
    event.preventDefault()
    if (busy) return
    busy = true
    for (const old of document.querySelectorAll(".messagelist")) old.remove()
    try {
      await autosave.stop()
      if (await save(submitter)) return
    } catch {
      const words = navigator.onLine ? "the site does not answer" : "you are offline"
      say(`Not saved: ${words}. Everything you typed is still here. Press Save again in a moment.`)
    }
    busy = false
    guard.leave(false)
    autosave.resume()
  })
}
