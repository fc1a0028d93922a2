type Child = Node | string | undefined | false

/** What an element is made with: attributes, and listeners by `onclick` and the like. */
type Properties = Readonly<
  Record<string, string | number | boolean | ((event: never) => unknown) | undefined>
>

/** Creates an element: `h('button', { onclick: check }, 'Check')`. `true` sets an attribute, `false` does not. */
export function h<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  properties: Properties = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Name] {
  const element = document.createElement(name)
  for (const [key, value] of Object.entries(properties)) {
    if (value === undefined || value === false) continue
    if (typeof value === 'function') element.addEventListener(key.slice(2), value as EventListener)
    else element.setAttribute(key, value === true ? '' : String(value))
  }
  element.append(...children.filter((child) => child !== undefined && child !== false))
  return element
}

/**
 * Gives an element these children. Children that are in place already are not touched, so that they keep the
 * focus and a press that has begun.
 */
export function arrange(parent: Element, children: readonly Element[]): void {
  const kept = new Set(children)
  for (const child of [...parent.children]) if (!kept.has(child)) child.remove()
  let next = parent.firstElementChild
  for (const child of children) {
    if (child === next) next = next.nextElementSibling
    else parent.insertBefore(child, next)
  }
}

/** Tabs that arrow keys move between, as the ARIA pattern wants. Only the chosen panel is shown. */
export function tabs(
  label: string,
  panels: readonly { readonly id: string; readonly title: string; readonly panel: HTMLElement }[],
  chosen: string,
  onChoose: (id: string) => void = () => undefined,
): HTMLElement {
  const buttons = panels.map(({ id, title }) =>
    h('button', { role: 'tab', id: `tab-${id}`, type: 'button', 'aria-controls': `panel-${id}` }, title),
  )
  const choose = (id: string, focus: boolean): void => {
    for (const [at, each] of panels.entries()) {
      const isChosen = each.id === id
      const button = buttons[at]
      button?.setAttribute('aria-selected', String(isChosen))
      button?.setAttribute('tabindex', isChosen ? '0' : '-1')
      each.panel.hidden = !isChosen
      if (isChosen && focus) button?.focus()
    }
  }
  for (const [at, { id, panel }] of panels.entries()) {
    panel.id = `panel-${id}`
    panel.setAttribute('role', 'tabpanel')
    panel.setAttribute('aria-labelledby', `tab-${id}`)
    buttons[at]?.addEventListener('click', () => {
      choose(id, false)
      onChoose(id)
    })
    buttons[at]?.addEventListener('keydown', ({ key }) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[key]
      const next = step === undefined ? undefined : panels[(at + step + panels.length) % panels.length]
      if (next === undefined) return
      choose(next.id, true)
      onChoose(next.id)
    })
  }
  choose(chosen, false)
  return h(
    'div',
    { class: 'tabs' },
    h('div', { role: 'tablist', 'aria-label': label }, ...buttons),
    ...panels.map(({ panel }) => panel),
  )
}

/** Opens a dialog; Escape and the button close it. The focus returns to where it was. */
export function openDialog(title: string, close: string, ...content: readonly Child[]): HTMLDialogElement {
  const dialog = h('dialog', { 'aria-label': title })
  const button = h('button', { type: 'button', onclick: () => dialog.close() }, close)
  dialog.append(
    h('header', {}, h('h2', {}, title), button),
    ...content.filter((child) => child !== undefined && child !== false),
  )
  dialog.addEventListener('close', () => dialog.remove())
  document.body.append(dialog)
  dialog.showModal()
  return dialog
}
