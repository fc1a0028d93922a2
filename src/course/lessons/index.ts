export { drawLesson, LESSONS } from './lessons.js'
export type { BrokenPromise, JudgedGoal, Judgement } from './judge.js'
export { isSolved, judge } from './judge.js'
export type {
  Desk,
  ExamName,
  Goal,
  JudgedDesk,
  Lesson,
  LessonText,
  Level,
  Promised,
  Sentence,
} from './lesson.js'
export type { OpenLesson } from './desk.js'
export { openDesk, openLesson } from './desk.js'
