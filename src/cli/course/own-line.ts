import { askCluster } from '../../course/ask.js'
import { perform, type Printed } from '../../course/deed.js'
import { spokenDuration } from '../../course/event-text.js'
import type { Playback } from '../../course/playback.js'
import { withAlias } from '../../course/terminal-line.js'
import { absolutePath } from '../../shell/files/tree.js'
import type { Editor, Screen } from './screen.js'

/** Lines that the course itself acts on; the others are for the shell. */
const FOR_COURSE = /^(?:\?|why|왜|wait|기다리기|history|vi|vim|nano)(?:\s|$)|^(?:kubectl|k)\s+edit\s/

/** Whether the course itself acts on a line: it is no command of the shell. */
export const isForCourse = (line: string): boolean => FOR_COURSE.test(line)

/** Whether a line only asks, so that there is nothing to undo. */
export const isQuestion = (line: string): boolean => /^(?:\?|why|왜|history)(?:\s|$)/.test(line)

/** Handles what a learner types: a question, time that passes, an edit, or a command that takes a second. */
export async function own(line: string, playback: Playback, screen: Screen): Promise<void> {
  const [word = '', ...more] = line.split(' ')
  try {
    if (word === '?' || line === '왜')
      screen.line(playback.cluster.dump({ lang: screen.language })['why.txt'])
    else if (word === 'why' || word === '왜') why(more, playback, screen)
    else if (word === 'wait' || word === '기다리기') await wait(more.join(''), playback, screen)
    else if (line === 'history') screen.line(historyOf(playback))
    else {
      const isOutside = playback.host.inner === undefined
      const { terminal } =
        (await edit(line, playback, screen.editor)) ??
        (await perform(playback, { do: 'type', line: withAlias(line) }))
      if (terminal !== '') screen.line(terminal)
      else if (isOutside && /^(?:exit|logout)$/.test(line)) screen.note(screen.words.exitHere)
    }
  } catch (error) {
    screen.line(`${error instanceof Error ? error.message : String(error)}\n`)
  }
}

function why(words: readonly string[], playback: Playback, screen: Screen): void {
  if (words.length === 2)
    screen.line(`${askCluster(playback.cluster, `why ${words.join(' ')}`, screen.language)}\n`)
  else screen.note(screen.words.whyUsage)
}

async function wait(given: string, playback: Playback, screen: Screen): Promise<void> {
  const argument = given === '' ? '1m' : spokenDuration(given)
  if (argument === undefined) {
    screen.note(screen.words.noDuration(given))
    return
  }
  const step = { kind: 'event', event: 'wait', argument } as const
  await playback.play(step)
  screen.note(screen.words.event(step))
}

/** The lines that were typed, as bash lists them. */
const historyOf = ({ typed }: Playback): string =>
  typed.map(({ line }, at) => `${`${at + 1}`.padStart(5)}  ${line}\n`).join('')

const FILE_EDITED = /^(?:vi|vim|nano)\s+(\S+)$/

/** Opens the learner's editor for `vi FILE` and `kubectl edit`; undefined for another line, or with none. */
async function edit(
  line: string,
  playback: Playback,
  editor: Editor | undefined,
): Promise<Printed | undefined> {
  if (editor === undefined) return undefined
  if (/^(?:kubectl|k)\s+edit\s/.test(line))
    return playback.edit(withAlias(line), (shown, path) => editor(shown, path) ?? shown)
  const [, name] = FILE_EDITED.exec(line) ?? []
  if (name === undefined) return undefined
  const { host } = playback
  const path = absolutePath(host.workingDirectory, name.replace(/^~(?=\/)/, '/root'))
  const text = editor(host.read(path) ?? '', path)
  if (text === undefined) return undefined
  if (text !== '' || host.read(path) !== undefined) await perform(playback, { do: 'write', path, text })
  return playback.noteTyped(line)
}
