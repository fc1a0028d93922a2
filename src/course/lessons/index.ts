export { LESSONS } from './lessons.js'
export type { Desk, Lesson, LessonText } from './lesson.js'
export { isSolved, openDesk } from './lesson.js'
