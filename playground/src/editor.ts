import { h } from './dom.js'
import type { Words } from './texts.js'

/** Opens a pane to edit a text, as vi, nano and `kubectl edit` do. Returns what was saved; undefined if nothing. */
export function edit(words: Words, path: string, text: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const area = h('textarea', { spellcheck: 'false', 'aria-label': words.editing(path), rows: 24, cols: 90 })
    area.value = text
    let saved: string | undefined
    const dialog: HTMLDialogElement = h(
      'dialog',
      { class: 'editor', 'aria-label': words.editing(path) },
      h('header', {}, h('h2', {}, words.editing(path))),
      area,
      h(
        'footer',
        {},
        h('button', { type: 'button', onclick: () => dialog.close() }, words.cancel),
        h(
          'button',
          {
            type: 'button',
            class: 'primary',
            onclick: () => {
              saved = area.value
              dialog.close()
            },
          },
          words.save,
        ),
      ),
    )
    dialog.addEventListener('close', () => {
      dialog.remove()
      resolve(saved)
    })
    dialog.addEventListener('keydown', (event) => {
      if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== 's') return
      event.preventDefault()
      saved = area.value
      dialog.close()
    })
    document.body.append(dialog)
    dialog.showModal()
    area.focus()
    area.setSelectionRange(0, 0)
  })
}
