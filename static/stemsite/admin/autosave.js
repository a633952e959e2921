/* What is typed is kept: on the server half a second after a pause, in this browser until the server has it.
 *
 * Nothing here makes a version. A window's text has a key of its own, and each turn of it a number, so that nothing
 * older ever takes the place of something newer. */

import { standing, token } from "stemsite/standing"
import { fieldsOf } from "stemsite/unsaved"

const PAUSE = 500
const LONGEST_PAUSE = 2000
const FIRST_DELAY = 1000
const LONGEST_DELAY = 30_000
const PATIENCE = 15_000

const clock = () => new Date().toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" })

/** Texts of this browser that the server does not have yet. */
const local = {
  prefix: (user) => `stemsite:unsaved:${user}:`,
  put(user, entry) {
    try {
      localStorage.setItem(`${this.prefix(user)}${entry.key}`, JSON.stringify(entry))
      return true
    } catch {
      return false // Full, or switched off.
    }
  },
  drop: (user, key) => localStorage.removeItem(`${local.prefix(user)}${key}`),
  all(user) {
    const keys = Object.keys(localStorage).filter((key) => key.startsWith(this.prefix(user)))
    return keys.map((key) => JSON.parse(localStorage.getItem(key)))
  },
}

class Gone extends Error {}

async function send(url, entry) {
  const answer = await fetch(url, {
    method: "POST",
    redirect: "manual",
    headers: { "Content-Type": "application/json", "X-CSRFToken": token() },
    body: JSON.stringify(entry),
    signal: AbortSignal.timeout(PATIENCE),
  })
  if (answer.type === "opaqueredirect") throw new Gone("you are signed out. Saving lets you sign in again")
  if (answer.status === 403) {
    const { user } = await standing()
    throw user === null ? new Gone("you are signed out. Saving lets you sign in again") : new Error("403")
  }
  if (answer.status === 409) throw new Gone(`${(await answer.json()).other} is signed in now`)
  if (answer.status === 404) throw new Gone("this page is not there any more")
  if (answer.status === 413) throw new Gone("the text is too long to be kept while you type")
  if (!answer.ok) throw new Error(String(answer.status))
  return answer.json()
}

export class Autosave {
  constructor(form, guard) {
    this.form = form
    this.guard = guard
    this.place = form.querySelector('input[name="buffer_key"]')
    this.user = Number(form.querySelector('input[name="typed_by"]').value)
    this.turn = Number(this.place.dataset.turn)
    this.paused = "paused" in this.place.dataset
    this.kept = guard.now()
    this.holds = this.turn > 0
    this.delay = FIRST_DELAY
    this.line = document.getElementById("autosave")
    for (const kind of ["input", "change"]) form.addEventListener(kind, () => this.noticed())
    for (const kind of ["stemsite:sections", "content-editor:ready"]) document.addEventListener(kind, () => this.noticed())
    window.django?.jQuery?.(form).on("change", () => this.noticed())
    window.addEventListener("online", () => this.again())
    window.addEventListener("offline", () => this.show())
    window.addEventListener("pagehide", () => this.look())
    document.addEventListener("visibilitychange", () => this.look())
    this.show()
    this.bringLocal()
  }

  get key() {
    return this.place.value
  }

  noticed() {
    if (this.stopped) return
    clearTimeout(this.timer)
    this.since ??= performance.now()
    this.timer = setTimeout(() => this.look(), Math.min(PAUSE, Math.max(0, this.since + LONGEST_PAUSE - performance.now())))
  }

  /** Keep what stands there now, if it is not kept yet. */
  look() {
    clearTimeout(this.timer)
    this.since = undefined
    if (this.stopped || this.guard.now() === this.kept) return
    if (!this.guard.isChanged()) {
      if (this.holds || this.waiting) this.dropAll()
      else this.kept = this.guard.now()
      return
    }
    this.waiting = { key: this.key, user: this.user, url: this.place.dataset.url, turn: ++this.turn, fields: fieldsOf(this.form) }
    this.state = this.guard.now()
    this.isLocal = local.put(this.user, this.waiting)
    this.problem = undefined
    this.push()
  }

  async push() {
    if (this.sending || !this.waiting || this.paused) return this.show()
    clearTimeout(this.retry)
    const entry = this.waiting
    const state = this.state
    this.sending = send(this.place.dataset.url, entry)
    this.show()
    try {
      const answer = await this.sending
      this.turn = Math.max(this.turn, answer.turn ?? 0)
      if (this.waiting === entry && answer.kept) {
        this.waiting = undefined
        this.kept = state
        this.holds = true
        local.drop(this.user, this.key)
      } else if (this.waiting === entry) {
        entry.turn = ++this.turn
      }
      this.at = clock()
      this.delay = FIRST_DELAY
      this.problem = undefined
    } catch (error) {
      this.problem = error instanceof Gone ? error.message : navigator.onLine ? "the site does not answer" : "you are offline"
      this.retry = setTimeout(() => this.push(), this.delay)
      this.delay = Math.min(this.delay * 2, LONGEST_DELAY)
      this.sending = undefined
      return this.show()
    }
    this.sending = undefined
    if (this.waiting) return this.push()
    return this.show()
  }

  again() {
    this.delay = FIRST_DELAY
    this.push()
  }

  /** What was typed was taken back: there is nothing to keep. */
  dropAll() {
    this.kept = this.guard.now()
    this.holds = false
    this.waiting = undefined
    this.at = undefined
    local.drop(this.user, this.key)
    const entry = { key: this.key, user: this.user, turn: this.turn, fields: null }
    const before = this.sending ?? Promise.resolve()
    this.sending = before.catch(() => {}).then(() => send(this.place.dataset.url, entry))
    this.sending.catch(() => {}).finally(() => {
      this.sending = undefined
      this.show()
    })
  }

  /** No more turns: the form is on its way. Resolves once nothing is under way. */
  async stop() {
    this.look()
    this.stopped = true
    clearTimeout(this.timer)
    clearTimeout(this.retry)
    while (this.sending) await this.sending.catch(() => {}).then(() => new Promise((done) => setTimeout(done)))
  }

  /** The form stays after all. */
  resume() {
    this.stopped = false
    this.kept = undefined
    this.look()
  }

  /** The form was saved as a version. */
  finished() {
    local.drop(this.user, this.key)
  }

  show() {
    if (!this.line) return
    const [state, words] = this.words()
    this.line.dataset.state = state
    if (this.line.textContent !== words) this.line.textContent = words
  }

  words() {
    const here = this.isLocal === false ? "Copy it to be safe." : "It is kept in this browser."
    if (this.paused && this.waiting) return ["paused", `Not saved on the server until you decide above. ${here}`]
    if (!navigator.onLine) return ["failed", this.waiting ? `Not saved: you are offline. ${here}` : "You are offline."]
    if (this.problem) return ["failed", `Not saved: ${this.problem}. ${here}`]
    if (this.sending || this.waiting) return ["saving", "Saving what you type …"]
    if (this.at) return ["saved", `What you typed is saved for you (${this.at}), not yet as a version.`]
    return ["quiet", ""]
  }

  /** Texts that an earlier window of this form could not send: send them once, then offer them (PUB-76). */
  async bringLocal() {
    const { url } = this.place.dataset
    const left = local.all(this.user).filter((entry) => entry.url === url && entry.key !== this.key)
    let brought = 0
    for (const { url: _, ...entry } of left) {
      try {
        const { kept } = await send(url, entry)
        local.drop(this.user, entry.key)
        brought += kept
      } catch {
        // It stays in this browser, for the next time.
      }
    }
    if (brought) await this.offer()
  }

  async offer() {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } })
    // Its styles carry the nonce of another answer: the browser would refuse them aloud.
    const html = (await answer.text()).replace(/<style\b[^]*?<\/style>/gi, "")
    const fresh = new DOMParser().parseFromString(html, "text/html").getElementById("unsaved-offer")
    if (fresh) document.getElementById("unsaved-offer").replaceChildren(...fresh.childNodes)
  }
}
