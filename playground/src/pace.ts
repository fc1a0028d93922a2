import type { Pace } from '../../src/course/deed.js'

/** How long the cluster may move before the page is drawn and answers, in real ms: most of a frame at 60 Hz. */
const PIECE = 10

/** Moves a cluster in pieces, between which the browser draws and takes input. `onRest` comes before that. */
export function framePace(onRest: () => void): Pace {
  let end = performance.now() + PIECE
  return {
    isOver: () => performance.now() >= end,
    rest: async () => {
      onRest()
      await browsersTurn()
      end = performance.now() + PIECE
    },
  }
}

/**
 * Waits until what has changed on the page is drawn: before a command that may keep the page for a while, so
 * that it shows at least what was typed. A page that nobody sees is not drawn, and waits for nothing.
 */
export const isDrawn = (): Promise<void> =>
  document.hidden
    ? Promise.resolve()
    : new Promise((resolve) => requestAnimationFrame(() => resolve(browsersTurn())))

/** A message waits its turn after input and drawing; a timer would wait longer, and a second in a hidden tab. */
const browsersTurn = (): Promise<void> =>
  new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel()
    port1.addEventListener('message', () => {
      port1.close()
      resolve()
    })
    port1.start()
    port2.postMessage(undefined)
  })
