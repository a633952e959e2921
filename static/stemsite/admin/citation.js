/* Citations in running text: an atom that holds a source and a place in it; its label is drawn, never stored. */

import { crel, Node, Plugin } from "django-prose-editor/editor"
import { labelOf, numberAt, remember, schedule, start } from "stemsite/citing"
import { pick } from "stemsite/picker"

const selectedCitation = ({ selection }) => (selection.node?.type.name === "citation" ? selection.node : null)

function mayCite(state, type) {
  const { $from } = state.selection
  return selectedCitation(state) || $from.parent.type.contentMatch.matchType(type)
}

async function cite(editor, address) {
  const { state, view } = editor
  if (!mayCite(state, state.schema.nodes.citation)) return
  const textarea = view.dom.closest(".prose-editor").querySelector(":scope > textarea")
  const { from, to } = state.selection
  const before = []
  state.doc.nodesBetween(0, from, (node, position) => {
    if (node.type.name === "citation" && position < from) before.push(node.attrs.ref)
  })
  const choice = await pick({
    address,
    current: selectedCitation(state)?.attrs,
    numberFor: (id) => numberAt(textarea, before, id),
    remember,
  })
  const chain = editor.chain().focus()
  if (choice?.remove) chain.deleteSelection().run()
  else if (choice?.text) chain.insertContentAt(to, choice.text).run()
  else if (choice && selectedCitation(state)) chain.updateAttributes("citation", choice).run()
  else if (choice) chain.insertContentAt(to, { type: "citation", attrs: choice }).run()
  else chain.run()
  schedule()
}

export const Citation = Node.create({
  name: "citation",
  group: "inline",
  inline: true,
  atom: true,
  selectable: true,

  addOptions() {
    return { searchUrl: "" }
  },

  addAttributes() {
    return {
      ref: {
        default: null,
        parseHTML: (mark) => Number(mark.dataset.ref) || null,
        renderHTML: ({ ref }) => ({ "data-ref": ref }),
      },
      loc: {
        default: "",
        parseHTML: (mark) => mark.dataset.loc ?? "",
        renderHTML: ({ loc }) => (loc ? { "data-loc": loc } : {}),
      },
    }
  },

  parseHTML() {
    return [{ tag: "cite[data-ref]" }]
  },

  renderHTML({ HTMLAttributes }) {
    return ["cite", HTMLAttributes]
  },

  renderText({ node }) {
    return ` [${labelOf(node.attrs.ref)?.short ?? node.attrs.ref}]`
  },

  addNodeView() {
    return ({ node, editor, getPos }) => {
      const dom = crel("cite", { className: "citation", contentEditable: "false" })
      const show = ({ ref, loc }) => {
        dom.dataset.ref = ref
        dom.dataset.loc = loc
      }
      show(node.attrs)
      dom.addEventListener("dblclick", () => {
        editor.commands.setNodeSelection(getPos())
        cite(editor, this.options.searchUrl)
      })
      schedule()
      return {
        dom,
        ignoreMutation: () => true,
        update(updated) {
          if (updated.type.name !== "citation") return false
          show(updated.attrs)
          schedule()
          return true
        },
        destroy: schedule,
      }
    }
  },

  addKeyboardShortcuts() {
    return {
      "Mod-Alt-c": ({ editor }) => {
        cite(editor, this.options.searchUrl)
        return true
      },
      Enter: ({ editor }) => {
        if (!selectedCitation(editor.state)) return false
        cite(editor, this.options.searchUrl)
        return true
      },
    }
  },

  addProseMirrorPlugins() {
    const { editor, options, type } = this
    return [
      new Plugin({
        props: {
          handleTextInput(view, _from, _to, text) {
            if (text !== "[" || !mayCite(view.state, type)) return false
            cite(editor, options.searchUrl)
            return true
          },
        },
      }),
    ]
  },

  addMenuItems({ buttons, menu }) {
    menu.defineItem({
      name: "citation",
      groups: "link",
      priority: 200,
      button: buttons.material("format_quote", "cite a source ([)"),
      active: (editor) => editor.isActive("citation"),
      enabled: (editor) => Boolean(mayCite(editor.state, editor.schema.nodes.citation)),
      command: (editor) => cite(editor, this.options.searchUrl),
    })
  },

  onCreate() {
    start(this.options.searchUrl)
  },
})
