import { h } from './dom.js'
import type { Words } from './texts.js'

export class Figures {
  readonly element: HTMLElement
  constructor(words: Words) {
    this.element = h('div', { class: 'desk' }, words.figures)
  }
}
