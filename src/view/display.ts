import type { PictureOptions } from './cluster-picture.js'
import { toSvg, toText, type View } from './picture.js'

/** The method that a Jupyter kernel calls for what a cell returns. */
const DISPLAY: symbol = Symbol.for('Jupyter.display')

/**
 * Lets notebooks show a value as a picture. The method is not enumerable, so that the value stays plain JSON.
 * `view` is called when the picture is wanted. The method takes the options of a picture, such as its
 * language.
 */
export function displayed<T extends object>(value: T, view: () => View): T {
  const show = (options: PictureOptions = {}): object => {
    const shown = view()
    return { 'image/svg+xml': toSvg(shown, options), 'text/plain': toText(shown, options) }
  }
  return Object.defineProperty(value, DISPLAY, { value: show })
}

/** Lets notebooks show a view as its picture. */
export function displayedView<V extends View>(view: V): V {
  return displayed(view, () => view)
}
