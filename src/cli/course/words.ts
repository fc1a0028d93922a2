import type { EventStep, Language } from '../../course/chapter.js'
import { eventText } from '../../course/event-text.js'

/** What the program itself says. */
export interface Words {
  readonly chapter: (number: number, title: string, release: string) => string
  readonly goals: string
  readonly initial: string
  readonly file: (path: string) => string
  readonly ask: (question: string) => string
  readonly event: (step: EventStep) => string
  readonly lessons: string
  readonly keys: string
  readonly lessonKeys: string
  readonly end: string
  readonly symptom: string
  readonly hint: string
  readonly noMoreHints: string
  readonly solution: string
  readonly solved: string
  readonly notYet: string
  readonly broken: string
  readonly wentBack: string
  readonly atTheBeginning: string
  /** How many commands were typed, and how many the solution has. */
  readonly par: (typed: number, best: number) => string
}

const ko: Words = {
  chapter: (number, title, release) => `${number}장. ${title} (쿠버네티스 ${release})`,
  goals: '이 장을 마치면',
  initial: '(이미 적용되어 있습니다)',
  file: (path) => `파일 ${path}`,
  ask: (question) => `시뮬레이터에게 묻습니다: ${question}`,
  event: (step) =>
    step.event === 'settle' ? '진행 중인 일이 모두 끝날 때까지 기다립니다' : eventText(step, 'ko'),
  lessons: '실습',
  keys: '[Enter] 실행  [s] 건너뛰기  [?] 왜  [q] 끝내기  (또는 직접 명령을 입력하세요. wait 1m, why pods 이름도 됩니다)',
  lessonKeys:
    '명령을 입력하세요.  hint: 힌트  check: 확인  back: 되돌리기  solution: 풀이  wait 1m: 시간 보내기  q: 끝내기',
  end: '끝났습니다.',
  symptom: '증상',
  hint: '힌트',
  noMoreHints: '힌트가 더 없습니다. solution을 입력하면 풀이를 볼 수 있습니다.',
  solution: '풀이',
  solved: '해결했습니다!',
  notYet: '아직 해결되지 않았습니다.',
  broken: '도중에 지켜지지 않았습니다. 실습을 다시 시작하거나 되감으세요',
  wentBack: '마지막에 입력한 것을 되돌렸습니다',
  atTheBeginning: '되돌릴 것이 없습니다. 실습의 처음입니다',
  par: (typed, best) => `명령 ${typed}개로 해결했습니다. 풀이의 명령은 ${best}개입니다.\n`,
}

const en: Words = {
  chapter: (number, title, release) => `Chapter ${number}: ${title} (Kubernetes ${release})`,
  goals: 'After this chapter you can',
  initial: '(already applied)',
  file: (path) => `file ${path}`,
  ask: (question) => `ask the simulator: ${question}`,
  event: (step) => eventText(step, 'en'),
  lessons: 'Lessons',
  keys:
    '[Enter] run  [s] skip  [?] why  [q] quit  (or type a command of your own; also: wait 1m, why ' +
    'pods NAME)',
  lessonKeys: 'Type commands.  hint  check  back: undo  solution  wait 1m: let time pass  q: quit',
  end: 'That is all.',
  symptom: 'Symptom',
  hint: 'Hint',
  noMoreHints: 'There are no more hints. Type solution to see one.',
  solution: 'Solution',
  solved: 'Solved!',
  notYet: 'Not solved yet.',
  broken: 'not kept on the way: begin the lesson again, or rewind',
  wentBack: 'undone what was typed last',
  atTheBeginning: 'there is nothing to undo: this is the beginning of the lesson',
  par: (typed, best) =>
    `Solved in ${typed} ${typed === 1 ? 'command' : 'commands'}; the solution has ${best}.\n`,
}

export const WORDS: Readonly<Record<Language, Words>> = { ko, en }
