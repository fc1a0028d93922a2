export { LESSONS } from './lessons.js'
export type { Desk, Lesson } from './lesson.js'
export { openDesk } from './lesson.js'
