import { FitAddon } from '@xterm/addon-fit'
import { Terminal } from '@xterm/xterm'
import '@xterm/xterm/css/xterm.css'

/** Opens xterm.js, which comes after the page: it is a tenth of it. Calls `onData` with keys and pasted text. */
export function openXterm(parent: HTMLElement, label: string, onData: (data: string) => void): Terminal {
  const terminal = new Terminal({
    cursorBlink: !matchMedia('(prefers-reduced-motion: reduce)').matches,
    fontFamily: 'ui-monospace, "SFMono-Regular", Menlo, Consolas, "Noto Sans Mono CJK KR", monospace',
    fontSize: 13,
    scrollback: 4000,
    theme: {
      background: '#11161d',
      foreground: '#e6edf3',
      cursor: '#7cc4ff',
      selectionBackground: '#33506e',
    },
  })
  const fit = new FitAddon()
  terminal.loadAddon(fit)
  terminal.open(parent)
  parent.querySelector('textarea')?.setAttribute('aria-label', label)
  fit.fit()
  new ResizeObserver(() => fit.fit()).observe(parent)
  terminal.onData(onData)
  // Shift+Tab is the browser's: who uses the keyboard must be able to leave
  terminal.attachCustomKeyEventHandler(({ key, shiftKey }) => !(key === 'Tab' && shiftKey))
  return terminal
}
