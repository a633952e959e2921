/* The editor makes nothing that the server would take away again: plain lists, headings of words, links that lead somewhere. */

import {
  Heading as AnyHeading,
  Link as AnyLink,
  OrderedList as AnyOrderedList,
  updateAttrsDialog,
} from "django-prose-editor/editor"

const SCHEME = /^([a-z][a-z0-9+.-]*):/i
const HELP = "Such as https://example.org, /blog/ or mailto:hello@example.org."

/** `typed` as an address that is kept when saved; empty where there is none. */
export function safeAddress(typed, protocols) {
  const href = typed.trim()
  if (href.includes("\\") || href.startsWith("//")) return ""
  const scheme = SCHEME.exec(href)?.[1].toLowerCase()
  if (scheme) return protocols.includes(scheme) ? href : ""
  if (/^[/#]/.test(href)) return href
  return /^[a-z0-9-]+(\.[a-z0-9-]+)+([/?#]|$)/i.test(href) ? `https://${href}` : ""
}

async function askAddress(editor, href, protocols) {
  let help = HELP
  let typed = href ?? ""
  for (;;) {
    const fields = { href: { type: "string", title: "Address", description: help } }
    const answer = await updateAttrsDialog(fields, { title: "Link", submitText: "Set link" })(editor, { href: typed })
    if (!answer) return null
    const address = safeAddress(answer.href, protocols)
    if (address) return address
    typed = answer.href
    help = `“${typed}” is no address we can keep. ${HELP}`
  }
}

export const Heading = AnyHeading.extend({ content: "text*" })

export const OrderedList = AnyOrderedList.extend({
  addAttributes: () => ({}),
  addNodeView: () => null,
})

export const Link = AnyLink.extend({
  addOptions() {
    return { ...this.parent?.(), isAllowedUri: (url) => safeAddress(url ?? "", ["https", "http", "mailto", "tel"]) === url }
  },

  addAttributes() {
    return { href: this.parent().href }
  },

  addCommands() {
    const { protocols } = this.options
    return {
      ...this.parent?.(),
      addLink:
        () =>
        ({ editor }) => {
          if (editor.state.selection.empty && !editor.isActive("link")) return false
          askAddress(editor, editor.getAttributes("link").href, protocols).then((href) => {
            if (href) editor.chain().focus().extendMarkRange("link").setMark("link", { href }).run()
            else editor.commands.focus()
          })
          return true
        },
    }
  },
})
