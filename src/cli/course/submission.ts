import { inflateRawSync } from 'node:zlib'
import { drawExam, drawLesson, type ExamName, type Lesson } from '../../course/lessons/index.js'
import { ACCIDENTS, MOST_ACTIONS, MOST_BYTES, type PlainAction } from '../../course/deed.js'
import { isPlainObject } from '../../lang/json/plain-json.js'

/** What a learner hands in for one lesson. */
export interface Submission {
  readonly lesson: Lesson
  readonly actions: readonly PlainAction[]
}

/** Why a file is no submission. */
export class SubmissionError extends Error {}

/** Ms that a session may let pass. */
const LONGEST = 366 * 86_400_000

/**
 * Reads what learners hand in: links of the playground (one or more, among other text), its exported
 * progress, or a shell script whose first line names the lesson (`# lesson budget 7`).
 * @throws SubmissionError that says what was found, and what to write instead
 */
export function readSubmissions(text: string): readonly Submission[] {
  const links = [...text.matchAll(/#s=([\w-]+)/g)].map(([, packed = '']) => packed)
  if (links.length > 0) return links.map((packed) => ofDeed(unpacked(packed)))
  if (text.trimStart().startsWith('{')) return ofProgress(text)
  const [, id, seed = '0'] = /^\s*#\s*lesson:?\s+([\w-]+)(?:[\s/]+(\d{1,9}))?\s*$/m.exec(text) ?? []
  if (id === undefined)
    throw new SubmissionError(
      'it has no link of the playground, and no line "# lesson ID SEED" before its commands',
    )
  return [{ lesson: drawLesson(id, Number(seed)), actions: [{ do: 'type', line: text }] }]
}

function unpacked(packed: string): unknown {
  try {
    const bytes = Buffer.from(packed, 'base64url')
    return JSON.parse(inflateRawSync(bytes, { maxOutputLength: MOST_BYTES }).toString('utf8'))
  } catch (error) {
    throw new SubmissionError(`a link of it is damaged: ${error instanceof Error ? error.message : ''}`)
  }
}

function ofProgress(text: string): readonly Submission[] {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw new SubmissionError(`it is no JSON: ${error instanceof Error ? error.message : ''}`)
  }
  if (!isPlainObject(value) || value['format'] !== 1)
    throw new SubmissionError('it is no progress that the playground has exported: "format" is not 1')
  const { deed, exam } = value
  const found = [...(isLessonDeed(deed) ? [ofDeed(deed)] : []), ...(exam === undefined ? [] : ofExam(exam))]
  if (found.length === 0)
    throw new SubmissionError('it has no lesson in progress and no exam: export it before leaving the lesson')
  return found
}

const isLessonDeed = (deed: unknown): boolean =>
  isPlainObject(deed) && isPlainObject(deed['place']) && deed['place']['kind'] === 'lesson'

function ofDeed(deed: unknown): Submission {
  const place = isPlainObject(deed) ? deed['place'] : undefined
  if (!isPlainObject(deed) || !isPlainObject(place)) throw new SubmissionError('a link of it has no place')
  const { kind, id, seed = 0, name, task } = place
  if (kind === 'lesson' && typeof id === 'string')
    return { lesson: drawLesson(id, Number(seed)), actions: actionsOf(deed['actions']) }
  if (kind === 'exam')
    return { lesson: taskOf(String(name), Number(seed), Number(task)), actions: actionsOf(deed['actions']) }
  throw new SubmissionError(`it leads to no lesson, but to: ${String(kind)}`)
}

function ofExam(exam: unknown): readonly Submission[] {
  if (!isPlainObject(exam) || !isPlainObject(exam['actions']))
    throw new SubmissionError('its exam is damaged')
  const { name, seed, actions } = exam
  return Object.entries(actions as object).map(([number, done]) => ({
    lesson: taskOf(String(name), Number(seed), Number(number)),
    actions: actionsOf(done),
  }))
}

function taskOf(name: string, seed: number, number: number): Lesson {
  const task = drawExam(name as ExamName, seed).tasks[number - 1]
  if (task === undefined) throw new SubmissionError(`the exam ${name} has no task ${number}`)
  return task.lesson
}

function actionsOf(value: unknown): readonly PlainAction[] {
  if (!Array.isArray(value)) throw new SubmissionError('its session has no list of actions')
  if (value.length > MOST_ACTIONS)
    throw new SubmissionError(`its session has ${value.length} actions, ${MOST_ACTIONS} at most`)
  const actions = value.flatMap(checkedAction)
  const passed = actions.reduce((sum, action) => sum + (action.do === 'advance' ? action.ms : 0), 0)
  if (passed > LONGEST) throw new SubmissionError('its session lets more than a year pass')
  return actions
}

/** Returns an action of which each field is what it must be; none for a watch, which moves nothing. */
function checkedAction(value: unknown, at: number): readonly PlainAction[] {
  const action = isPlainObject(value) ? value : {}
  const text = (name: string): string => {
    const found = action[name]
    if (typeof found !== 'string') throw new SubmissionError(`actions[${at}].${name} is no text`)
    return found
  }
  switch (action['do']) {
    case 'type':
      return [{ do: 'type', line: text('line') }]
    case 'advance': {
      const ms = Number(action['ms'])
      if (!(ms >= 0)) throw new SubmissionError(`actions[${at}].ms is no duration: ${String(action['ms'])}`)
      return [{ do: 'advance', ms }]
    }
    case 'settle':
      return [{ do: 'settle' }]
    case 'watch':
    case 'unwatch':
      return []
    case 'write':
      return [{ do: 'write', path: text('path'), text: text('text') }]
    case 'edit':
      return [{ do: 'edit', line: text('line'), text: text('text') }]
    case 'machine': {
      const accident = ACCIDENTS.find((each) => each === action['accident'])
      if (accident === undefined) throw new SubmissionError(`actions[${at}].accident is none`)
      return [{ do: 'machine', node: text('node'), accident }]
    }
    default:
      throw new SubmissionError(`actions[${at}].do is ${JSON.stringify(action['do'])}, which no lesson has`)
  }
}
