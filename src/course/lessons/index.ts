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
export type { Advice, SurfaceWords, TriedLine } from './advise.js'
export { advise } from './advise.js'
export type { Exam, ExamTask, TaskReport } from './exam.js'
export { drawExam, gradeTask } from './exam.js'
export type { PracticeQuestion, PracticeSubject } from './practice.js'
export { isRight, practiceQuestion } from './practice.js'
export type { OpenLesson } from './desk.js'
export { openDesk, openLesson } from './desk.js'
