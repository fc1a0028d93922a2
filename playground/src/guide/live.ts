import type { Language } from '../../../src/lang/text/phrases.js'
import { chapterPicture } from '../../../src/course/chapter-picture.js'
import type { ClusterView } from '../../../src/view/index.js'
import { chapterOf, stepsToDo } from './course.js'
import { Session } from '../session.js'

/** What a step of a live chapter has printed, and the cluster if it looks different now. */
interface LiveResult {
  readonly output: string
  /** SVG; undefined if the step has changed nothing that a picture shows. */
  readonly picture: string | undefined
}

/** A chapter of the course that a page of the site plays: its steps run in the reader's browser. */
export class LiveChapter {
  readonly #session: Session
  readonly #number: number
  readonly #language: Language

  private constructor(session: Session, number: number, language: Language) {
    this.#session = session
    this.#number = number
    this.#language = language
  }

  static async open(number: number, language: Language): Promise<LiveChapter> {
    const session = await Session.open({ kind: 'chapter', number, version: 'v1.35' })
    return new LiveChapter(session, number, language)
  }

  /**
   * Plays a step, after those before it that were not played. A `line` that differs from the step's is typed
   * in its place, and so is a step that was played before.
   */
  async run(section: number, step: number, line?: string): Promise<LiveResult> {
    for (const [inSection, at] of stepsToDo(chapterOf(this.#number, 'v1.35'))) {
      if (inSection > section || (inSection === section && at >= step)) break
      if (!this.#isDone(inSection, at))
        await this.#session.perform({ do: 'play', section: inSection, step: at })
    }
    const before = shownOf(this.#session.view)
    const { terminal } = await this.#perform(section, step, line)
    const { view } = this.#session
    const isSame = shownOf(view) === before
    return { output: terminal.trimEnd(), picture: isSame ? undefined : chapterPicture(view, this.#language) }
  }

  #perform(section: number, step: number, line: string | undefined): ReturnType<Session['perform']> {
    const planned = chapterOf(this.#number, 'v1.35').sections[section]?.steps[step]
    const isNew = planned?.kind === 'command' && planned.line === line && !this.#isDone(section, step)
    return this.#session.perform(
      line === undefined || isNew ? { do: 'play', section, step } : { do: 'type', line },
    )
  }

  #isDone(section: number, step: number): boolean {
    return this.#session.done.has(`${section}.${step}`)
  }
}

/** What a picture shows of a view: all but the time. */
const shownOf = (view: ClusterView): string => JSON.stringify({ ...view, now: 0 })
