import { beforeAll, describe, expect, it } from 'vitest'
import { readCourse } from '../../src/cli/course/read.js'
import type { Section } from '../../src/course/chapter.js'
import { VERSIONS } from '../../src/course/chapter.js'
import { Playback } from '../../src/course/playback.js'
import { begin } from './begin.js'
import type { Screen } from './shows.js'
import { screenOf, SHOWS } from './shows.js'

/** A section that has been played: its screen, and commands that do not show what the chapter says. */
interface Played {
  readonly screen: Screen
  readonly faults: readonly string[]
}

async function play(playback: Playback, { steps }: Section): Promise<Played> {
  const from = playback.typed.length
  const faults: string[] = []
  for (const step of steps) {
    const { stdout, stderr, exitCode } = await playback.play(step)
    if (step.kind === 'predict' && step.part === 'answer' && (exitCode !== 0 || stdout.trim() === ''))
      faults.push(`${step.line}: gives no answer\n${stdout}${stderr}`)
    if (step.kind !== 'command') continue
    const output = stdout + stderr
    if (exitCode !== step.exitCode) faults.push(`${step.line}: exit code ${exitCode}\n${output}`)
    for (const text of step.shows)
      if (!output.includes(text)) faults.push(`${step.line}: does not show "${text}"\n${output}`)
  }
  const { cluster } = playback
  return { screen: screenOf(playback.typed.slice(from), cluster, cluster.version), faults }
}

describe.each(VERSIONS)('the course as it is typed, %s', (version) => {
  describe.each(readCourse(version))('chapter $number: $title.en', (chapter) => {
    const played = new Map<Section, Played>()
    beforeAll(async () => {
      const playback = new Playback(begin(chapter))
      for (const section of chapter.sections) played.set(section, await play(playback, section))
    }, 120_000)

    for (const section of chapter.sections.filter(({ rows }) => rows.length > 0))
      it(`${section.rows.join(', ')}: ${section.title.en}`, () => {
        expect(played.get(section)?.faults).toEqual([])
        for (const row of section.rows) {
          expect(SHOWS[row]).toBeDefined()
          SHOWS[row]?.((played.get(section) as Played).screen)
        }
      })
  })
})
