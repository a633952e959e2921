/* Who is at work in this browser, and signing in without leaving the form (PUB-77, PUB-78). */

import { say } from "stemsite/status"

const place = () => document.querySelector('input[name="buffer_key"]')
const own = () => Number(document.querySelector('input[name="typed_by"]').value)

/** Sent with what is asked by the clock: it keeps nobody signed in who is not there. */
export const UNATTENDED = { "X-Stemsite-Unattended": "1" }

/** Who is signed in, with a fresh token; every form of this page gets it. Throws where nobody answers. */
export async function standing(more = {}) {
  const answer = await fetch(place().dataset.standing, { headers: { Accept: "application/json", ...more }, cache: "no-store" })
  if (!answer.ok) throw new Error(String(answer.status))
  const found = await answer.json()
  for (const field of document.querySelectorAll('input[name="csrfmiddlewaretoken"]')) field.value = found.token
  return found
}

export const token = () => document.querySelector('input[name="csrfmiddlewaretoken"]').value

function makeDialog() {
  const dialog = document.createElement("dialog")
  dialog.className = "sign-in"
  dialog.setAttribute("aria-labelledby", "sign-in-heading")
  const title = Object.assign(document.createElement("h2"), { id: "sign-in-heading", textContent: "Sign in to go on" })
  const words = Object.assign(document.createElement("p"), { className: "sign-in-words" })
  words.setAttribute("role", "status")
  const open = Object.assign(document.createElement("button"), { type: "button", className: "default", textContent: "Sign in in a small window" })
  const close = Object.assign(document.createElement("button"), { type: "button", textContent: "Not now" })
  const row = document.createElement("p")
  row.append(open, " ", close)
  dialog.append(title, words, row)
  document.body.append(dialog)
  return { dialog, words, open, close }
}

let asked

/** Ask to sign in; true once the person whose text this is has done so, false when they put it off. */
export function signIn(found) {
  asked ??= ask(found).finally(() => {
    asked = undefined
  })
  return asked
}

function ask(found) {
  const { dialog, words, open, close } = makeDialog()
  const content = document.getElementById("content")
  const channel = new BroadcastChannel("stemsite:signed-in")

  const tell = ({ user, name }) => {
    const other = user !== null && user !== own()
    // Somebody else's text is nothing to look at.
    content.toggleAttribute("data-not-yours", other)
    close.hidden = other
    words.textContent = other
      ? `${name} is signed in now, but the text in this window is somebody else's. It is kept for them alone. Sign in as the person who typed it, or close this window.`
      : "Your session is over. Nothing you typed is lost: it stays in this window. Sign in, and the save goes on."
  }

  return new Promise((resolve) => {
    const finish = (is) => {
      channel.close()
      window.removeEventListener("focus", look)
      dialog.close()
      dialog.remove()
      resolve(is)
    }
    const look = async () => {
      try {
        const now = await standing()
        if (now.user === own()) {
          content.removeAttribute("data-not-yours")
          finish(true)
        } else tell(now)
      } catch {
        words.textContent = "The site does not answer. Nothing you typed is lost: try again in a moment."
      }
    }
    channel.addEventListener("message", look)
    window.addEventListener("focus", look)
    open.addEventListener("click", () => window.open(place().dataset.login, "stemsite-sign-in", "popup,width=480,height=720"))
    close.addEventListener("click", () => {
      say("Not saved. You are signed out, and your text is still here.")
      finish(false)
    })
    dialog.addEventListener("cancel", (event) => {
      event.preventDefault()
      if (!close.hidden) close.click()
    })
    tell(found)
    dialog.showModal()
    open.focus()
  })
}

export const isOwn = ({ user }) => user === own()
