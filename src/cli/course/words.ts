import type { EventStep } from '../../course/chapter.js'
import type { Language } from '../../lang/text/phrases.js'
import { eventText } from '../../course/event-text.js'

/** What the program itself says. */
export interface CourseWords {
  readonly chapter: (number: number, title: string, release: string) => string
  readonly goals: string
  readonly initial: string
  readonly file: (path: string) => string
  /** How a file of so many lines is shown. */
  readonly longFile: (lines: number, path: string) => string
  readonly noFile: (path: string) => string
  readonly counts: string
  readonly ask: (question: string) => string
  readonly event: (step: EventStep) => string
  readonly lessons: string
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
  /** How many commands were typed, and the fewest known. */
  readonly par: (typed: number, best: number) => string
  readonly where: (typed: number, minutes: number) => string
  readonly chapterKeys: string
  readonly predict: (question: string) => string
  readonly answer: (question: string) => string
  readonly predictKeys: string
  readonly right: string
  readonly wrong: (answer: string) => string
  readonly practice: (subject: string, number: number, seed: number) => string
  readonly practised: (asked: number, right: number) => string
  readonly answerOf: (choices: string) => string
  readonly practiseMore: (command: string) => string
  readonly answerIs: (answer: string) => string
  readonly guessed: (guess: string) => string
  /** Before the line of a step that is not done yet. */
  readonly notDone: string
  readonly whyUsage: string
  readonly noDuration: (given: string) => string
  readonly exitHere: string
  readonly notInExam: string
  readonly step: (at: number, all: number) => string
  readonly resumed: (at: number, all: number) => string
  readonly exam: (name: string, tasks: number, minutes: number, seed: number) => string
  readonly examKeys: string
  readonly minutesLeft: (minutes: number) => string
  readonly timeIsUp: string
  readonly flagged: (task: number, isFlagged: boolean) => string
  readonly noTask: (which: string, tasks: number) => string
  readonly report: string
  readonly notBegun: string
  readonly result: (points: number, needed: number, isPassed: boolean) => string
}

const ko: CourseWords = {
  chapter: (number, title, release) => `${number}장. ${title} (쿠버네티스 ${release})`,
  goals: '이 장을 마치면',
  initial: '(이미 적용되어 있습니다)',
  file: (path) => `파일 ${path}`,
  longFile: (lines, path) => `${lines}줄. 보려면: 보기 ${path}`,
  noFile: (path) => `${path} 파일은 아직 나오지 않았습니다`,
  counts: '이 단계와 같은 일을 했으므로 다음으로 넘어갑니다',
  ask: (question) => `시뮬레이터에게 묻습니다: ${question}`,
  event: (step) =>
    step.event === 'settle' ? '진행 중인 일이 모두 끝날 때까지 기다립니다' : eventText(step, 'ko'),
  lessons: '실습',
  lessonKeys:
    '명령을 입력하세요.  힌트(hint)  확인(check)  되돌리기(back)  어디(where)  풀이(solution)  도움말(help)  기다리기 1m(wait 1m)  ' +
    '끝(q)',
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
  par: (typed, best) => `명령 ${typed}개로 해결했습니다. 가장 적은 것은 ${best}개입니다.\n`,
  where: (typed, minutes) => `지금까지 명령 ${typed}개를 입력했습니다. ${minutes}분쯤 걸리는 실습입니다.`,
  chapterKeys:
    '[Enter] 실행  건너뛰기(s)  되돌리기(back)  힌트(hint)  어디(where)  보기(show) 파일  도움말(help)  왜(?)  끝(q)\n' +
    '명령을 직접 입력해도 됩니다. 같은 일을 하는 명령이면 그 단계를 마친 것으로 칩니다. 기다리기 1m(wait 1m), 왜 pods 이름(why pods 이름)도 됩니다.',
  predict: (question) => `예측해 보세요: ${question}`,
  answer: (question) => `예측의 답: ${question}`,
  predictKeys: '답을 쓰고 Enter를 누르세요. 그냥 Enter를 누르면 넘어갑니다',
  right: '맞았습니다!',
  wrong: (answer) => `아닙니다. 정답은 ${answer}입니다`,
  guessed: (guess) => `내 예측: ${guess}`,
  notDone:
    '아직 이 단계를 마치지 않았습니다. 아래 명령이나 같은 일을 하는 명령을 입력하세요. Enter만 눌러도 실행됩니다',
  whyUsage: '왜 그런지 물으려면 종류와 이름을 쓰세요: 왜 pods 이름. 클러스터 전체는 왜(?)',
  noDuration: (given) => `얼마나 기다릴지 알 수 없습니다: ${given} (30초, 5분, 1시간 30분, 10s처럼 쓰세요)`,
  exitHere: '더 나갈 곳이 없습니다. 과정을 끝내려면 q를 입력하세요',
  notInExam: '시험에는 힌트도 확인도 되돌리기도 없습니다. 다 했으면 제출(finish)을 입력하세요',
  answerIs: (answer) => `정답: ${answer}`,
  practiseMore: (command) => `연습 문제는 끝이 없습니다: ${command}`,
  practice: (subject, number, seed) => `연습 ${subject} ${number} (seed ${seed})`,
  practised: (asked, right) => `문제 ${asked}개 가운데 ${right}개를 맞혔습니다`,
  answerOf: (choices) => `다음 중에서 답하세요: ${choices}  (끝: q)`,
  step: (at, all) => `${all}단계 가운데 ${at}단계`,
  resumed: (at, all) =>
    `지난번에 이어서 ${all}단계 가운데 ${at}단계부터 시작합니다. 처음부터 하려면 --restart를 쓰세요`,
  exam: (name, tasks, minutes, seed) => `${name} 모의시험: 문제 ${tasks}개, ${minutes}분 (시드 ${seed})`,
  examKeys:
    '명령을 입력하세요. 문제마다 다른 클러스터입니다.  목록(tasks)  문제 N(task N)  다음(next)  표시(flag)  시간(time)  ' +
    '제출(finish)\n다른 문제로 갈 때는 kubectl config use-context도 됩니다.',
  minutesLeft: (minutes) => `${minutes}분 남았습니다`,
  timeIsUp: '시간이 다 되었습니다',
  flagged: (task, isFlagged) => (isFlagged ? `${task}번을 표시했습니다` : `${task}번의 표시를 지웠습니다`),
  noTask: (which, tasks) => `${which}번 문제는 없습니다. 1부터 ${tasks}까지입니다`,
  report: '채점 결과',
  notBegun: '시작하지 않았습니다',
  result: (points, needed, isPassed) =>
    `100점 가운데 ${points}점입니다. ${needed}점부터 합격이므로 ${isPassed ? '합격입니다.' : '불합격입니다.'}`,
}

const en: CourseWords = {
  chapter: (number, title, release) => `Chapter ${number}: ${title} (Kubernetes ${release})`,
  goals: 'After this chapter you can',
  initial: '(already applied)',
  file: (path) => `file ${path}`,
  longFile: (lines, path) => `${lines} lines; to see them: show ${path}`,
  noFile: (path) => `there was no file ${path} so far`,
  counts: 'that does what this step does: on to the next',
  ask: (question) => `ask the simulator: ${question}`,
  event: (step) => eventText(step, 'en'),
  lessons: 'Lessons',
  lessonKeys:
    'Type commands.  hint  check  back: undo  where  solution  help  wait 1m: let time pass  q: quit',
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
  par: (typed, best) => `Solved in ${typed} ${typed === 1 ? 'command' : 'commands'}, best ${best}.\n`,
  where: (typed, minutes) => `commands so far: ${typed}; the lesson takes about ${minutes} minutes`,
  chapterKeys:
    '[Enter] run  [s] skip  [?] why  back  hint  where  show FILE  help  [q] quit\n' +
    'Or type a command of your own: one that does the same counts as the step. Also: wait 1m, why pods NAME.',
  predict: (question) => `predict: ${question}`,
  answer: (question) => `the answer: ${question}`,
  predictKeys: 'type your answer and Enter, or only Enter to go on',
  right: 'You were right!',
  wrong: (answer) => `No: the answer is ${answer}`,
  guessed: (guess) => `your prediction: ${guess}`,
  notDone: 'this step is not done yet; type this, or a command that does the same, or only Enter to run it',
  whyUsage: 'to ask why, name a kind and an object: why pods NAME; for the whole cluster: ?',
  noDuration: (given) => `how long is ${given}? write 30s, 5m or 1h30m`,
  exitHere: 'there is nowhere to go back to; q ends the course',
  notInExam: 'an exam has no hints, no checks and no undo; finish hands it in',
  answerIs: (answer) => `answer: ${answer}`,
  practiseMore: (command) => `Questions without end: ${command}`,
  practice: (subject, number, seed) => `practice ${subject} ${number} (seed ${seed})`,
  practised: (asked, right) => `${right} of ${asked} answers were right`,
  answerOf: (choices) => `answer with: ${choices}  (q to quit)`,
  step: (at, all) => `step ${at} of ${all}`,
  resumed: (at, all) => `going on at step ${at} of ${all}; --restart begins anew`,
  exam: (name, tasks, minutes, seed) =>
    `${name} mock exam: ${tasks} tasks, ${minutes} minutes (seed ${seed})`,
  examKeys:
    'Type commands; each task has a cluster of its own.  tasks  task N (or kubectl config use-context)  ' +
    'next  flag  time  finish',
  minutesLeft: (minutes) => `${minutes} minutes left`,
  timeIsUp: 'time is up',
  flagged: (task, isFlagged) => (isFlagged ? `flagged task ${task}` : `task ${task} is not flagged any more`),
  noTask: (which, tasks) => `there is no task ${which}; there are 1 to ${tasks}`,
  report: 'Report',
  notBegun: 'not begun',
  result: (points, needed, isPassed) =>
    `${points} of 100 points; ${needed} are needed: ${isPassed ? 'passed.' : 'not passed.'}`,
}

export const WORDS: Readonly<Record<Language, CourseWords>> = { ko, en }
