import { withAlias } from '../terminal-line.js'
import { checkAdvised } from './inputs.js'
import { judge, judgeBeginning } from './judge.js'
import type { Desk, Lesson, Sentence } from './lesson.js'

/** A line that a learner has typed, and how it ended. */
export interface TriedLine {
  readonly line: string
  readonly exitCode: number
  readonly stderr: string
}

/** How a learner checks and undoes on a surface, as requests: `type check`, or `press Undo`. */
export interface SurfaceWords {
  readonly check: Sentence
  readonly undo: Sentence
}

/** Those of the terminal. */
const TYPED: SurfaceWords = {
  check: { en: 'type check', ko: '확인(check)을 입력하세요' },
  undo: { en: 'type back', ko: '되돌리기(back)를 입력하세요' },
}

/** The response to a request for a hint. */
export interface Advice {
  /** Undefined if all hints have been given. */
  readonly text: Sentence | undefined
  /** How many of the lesson's hints have been given or were tried; pass it with the next question. */
  readonly told: number
}

/** The command that a hint names: what stands before its explanation. */
const commandIn = (hint: string): string | undefined =>
  /^((?:kubectl|kubeadm|ssh|crictl|cat|ls|tail|grep|openssl|journalctl|etcdctl|etcdutl)\b[^:;]*)/
    .exec(hint)?.[1]
    ?.trim()

const list = (sentences: readonly Sentence[], language: keyof Sentence): string =>
  sentences.map((each) => each[language]).join(' ')

/**
 * Returns a hint that depends on what was tried: goals that hold, what the repair took away, commands that
 * were typed. Only if nothing of that helps does it give the next of the lesson's hints. `told` is that of
 * the advice before, and `says` how the learner checks and undoes.
 * @default 0, and by typing
 * @throws InputError if the cluster is not one of the lesson
 * @example const advice = await advise(lesson, desk, { lines: [] })
 */
export async function advise(
  lesson: Lesson,
  desk: Desk,
  tried: { readonly lines: readonly TriedLine[]; readonly told?: number; readonly says?: SurfaceWords },
): Promise<Advice> {
  checkAdvised([lesson, desk, tried])
  const { lines, told = 0, says: { check, undo } = TYPED } = tried
  const { goals, broken, isSolved } = await judge(lesson, desk)
  if (isSolved)
    return {
      told,
      text: { en: `All goals are reached: ${check.en}.`, ko: `모든 목표에 도달했습니다. ${check.ko}.` },
    }
  if (broken.length > 0) {
    const kept = broken.map(({ text }) => text)
    return {
      told,
      text: {
        en:
          `This was not kept on the way: ${list(kept, 'en')} To go back before it, ${undo.en}, ` +
          'more than once if needed.',
        ko: `도중에 지켜지지 않았습니다: ${list(kept, 'ko')} 그 이전으로 돌아갈 때까지 ${undo.ko}.`,
      },
    }
  }
  const before = await judgeBeginning(lesson, desk)
  const lost = goals.filter(({ isReached }, at) => !isReached && before[at]?.isReached === true)
  if (lost.length > 0) {
    const missing = lost.flatMap((each) => each.missing).join(', ')
    const what = missing === '' ? '' : `(${missing}) `
    const texts = lost.map(({ text }) => text)
    return {
      told,
      text: {
        en: `Your repair broke what was right: ${list(texts, 'en')} ${what}To undo that, ${undo.en}.`,
        ko: `원래 맞던 것이 틀려졌습니다: ${list(texts, 'ko')} ${what}되돌리려면 ${undo.ko}.`,
      },
    }
  }
  const done = goals.filter(({ isReached }, at) => isReached && before[at]?.isReached !== true)
  const open = goals.filter(({ isReached }) => !isReached)
  if (done.length > 0) {
    const [reached, missing] = [done, open].map((some) => some.map(({ text }) => text)) as [
      Sentence[],
      Sentence[],
    ]
    return {
      told,
      text: {
        en: `Half of it is done: ${list(reached, 'en')} Still missing: ${list(missing, 'en')}`,
        ko: `절반은 되었습니다: ${list(reached, 'ko')} 아직 남은 것: ${list(missing, 'ko')}`,
      },
    }
  }
  return nextHint(lesson, lines, told)
}

/** The next hint whose command was not typed yet; what the last command said, if it failed, comes first. */
function nextHint({ texts }: Lesson, lines: readonly TriedLine[], told: number): Advice {
  const typed = lines.map(({ line }) => withAlias(line))
  const isTried = (at: number): boolean => {
    const command = commandIn(texts.en.hints[at] ?? '')
    return command !== undefined && typed.some((line) => line.startsWith(command))
  }
  let at = told
  while (at < texts.en.hints.length - 1 && isTried(at)) at++
  const [en, ko] = [texts.en.hints[at], texts.ko.hints[at]]
  if (en === undefined || ko === undefined) return { told, text: undefined }
  const last = lines.at(-1)
  const [said = ''] = last === undefined || last.exitCode === 0 ? [] : last.stderr.trim().split('\n')
  return {
    told: at + 1,
    text:
      said === ''
        ? { en, ko }
        : { en: `Your last command failed: ${said} ${en}`, ko: `마지막 명령이 실패했습니다: ${said} ${ko}` },
  }
}
