import { beforeAll, describe, expect, it } from 'vitest'
import { CHAPTERS } from '../../examples/course/chapters.js'
import { Terminal, VERSIONS } from '../../examples/course/terminal.js'
import { begin } from './begin.js'
import type { Screen } from './shows.js'
import { screenOf, SHOWS } from './shows.js'

describe.each(VERSIONS)('the course as it is typed, %s', (version) => {
  describe.each(CHAPTERS)('chapter $number: $title', (chapter) => {
    const screens = new Map<string, Screen>()
    beforeAll(async () => {
      const terminal = new Terminal(begin(chapter, version))
      for (const { id, play } of chapter.rows) {
        const from = terminal.typed.length
        await play(terminal)
        screens.set(id, screenOf(terminal.typed.slice(from), terminal, version))
      }
    }, 120_000)
    it.each(chapter.rows)('$id: $title', ({ id }) => {
      const screen = screens.get(id)
      expect(screen).toBeDefined()
      if (screen !== undefined) SHOWS[id]?.(screen)
      expect(SHOWS[id]).toBeDefined()
    })
  })
})
