/* A page with people on it is covered when nobody is at it; what was typed stays, and shows again to the same person. */

const screen = document.querySelector("[data-idle]")
const AWAY_AFTER = 15 * 60 * 1000
const SAY_EVERY = 2 * 60 * 1000

const after = () => Number(screen.dataset.awayAfter) || AWAY_AFTER

let lastAt = Date.now()
let saidAt = Date.now()
let cover = null
let owner = null

async function ask() {
  const answer = await fetch(screen.dataset.idle, { headers: { Accept: "application/json" }, redirect: "manual" })
  return answer.ok ? answer.json() : null
}

async function first() {
  owner = (await ask().catch(() => null))?.user ?? null
  screen.dataset.owner = owner ?? ""
}

function active() {
  if (cover) return
  lastAt = Date.now()
  if (lastAt - saidAt > SAY_EVERY) {
    saidAt = lastAt
    ask().catch(() => null)
  }
}

function button(words, press) {
  const made = document.createElement("button")
  made.type = "button"
  made.className = "default"
  made.textContent = words
  made.addEventListener("click", press)
  return made
}

function hide() {
  const title = document.title
  const container = document.getElementById("container")
  container.hidden = true
  document.title = "Covered"
  cover = document.createElement("main")
  cover.className = "cover"
  cover.tabIndex = -1
  const head = document.createElement("h1")
  head.textContent = "This page is covered"
  const words = document.createElement("p")
  words.textContent =
    "Nobody was here for a quarter of an hour. What you typed is kept. Sign in, in a tab of its own, then show the page again."
  const status = document.createElement("p")
  status.setAttribute("role", "status")
  const link = document.createElement("a")
  link.href = screen.dataset.login
  link.target = "_blank"
  link.textContent = "Sign in"
  const show = async () => {
    const now = await ask().catch(() => null)
    if (!now) {
      status.textContent = "You are signed out. Sign in first."
      return
    }
    if (now.user !== owner) {
      location.replace(location.pathname)
      return
    }
    for (const field of document.querySelectorAll("input[name=csrfmiddlewaretoken]")) field.value = now.token
    cover.remove()
    cover = null
    container.hidden = false
    document.title = title
    lastAt = saidAt = Date.now()
  }
  cover.append(head, words, status, link, button("Show the page again", show))
  document.body.append(cover)
  cover.focus()
}

if (screen) {
  first()
  for (const kind of ["pointerdown", "keydown", "scroll"]) addEventListener(kind, active, { passive: true })
  setInterval(() => {
    if (!cover && Date.now() - lastAt >= after()) hide()
  }, 1000)
  // A page that the browser kept is not shown again to whoever comes next.
  addEventListener("pageshow", (event) => {
    if (event.persisted) location.reload()
  })
}
