/**
 * Shows what a terminal would act upon: ESC as `^[` and CR as `\\r`. Source: cli-runtime
 * pkg/printers/terminal.go EscapeTerminal.
 */
export const escapeTerminal = (text: string): string =>
  text.includes('\u001B') || text.includes('\r')
    ? text.replaceAll('\u001B', '^[').replaceAll('\r', String.raw`\r`)
    : text
