import type { PracticeSubject } from './lessons/index.js'

/** What can be practised after a chapter, without end. */
export const PRACTICE: Readonly<Record<number, PracticeSubject>> = {
  1: 'scheduler',
  4: 'rbac',
  5: 'rbac',
  7: 'netpol',
  8: 'scheduler',
  9: 'netpol',
}
