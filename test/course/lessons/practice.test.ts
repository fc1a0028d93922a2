import { expect, it, test } from 'vitest'
import { isRight, practiceQuestion, type PracticeQuestion } from '../../../src/course/lessons/index.js'
import { practise } from '../../../src/cli/course/practice.js'
import { parseYamlText } from '../../../src/lang/yaml/read.js'
import { Screen } from '../../../src/cli/course/screen.js'

const SUBJECTS = ['netpol', 'rbac', 'scheduler'] as const
const drawn = (subject: (typeof SUBJECTS)[number], many: number): readonly PracticeQuestion[] =>
  Array.from({ length: many }, (_, at) => practiceQuestion(subject, { seed: 5, number: at + 1 }))

test.each(SUBJECTS)('questions of %s have an answer among the choices, and are not all alike', (subject) => {
  const questions = drawn(subject, 60)
  for (const { answer, choices, explanation, objects, question } of questions) {
    expect(choices).toEqual(expect.arrayContaining([...answer]))
    expect(answer.length).toBeGreaterThan(0)
    expect(explanation.en).not.toBe('')
    // names and messages of Kubernetes are the same
    if (subject !== 'scheduler') expect(explanation.ko).toMatch(/[가-힣]/)
    expect(objects).toContain('kind: ')
    expect(question.ko).toMatch(/[가-힣]/)
  }
  const answers = new Map<string, number>()
  for (const { answer } of questions) answers.set(answer.join(), (answers.get(answer.join()) ?? 0) + 1)
  expect(answers.size).toBeGreaterThan(1)
  // nobody gets far by always answering the same
  expect(Math.max(...answers.values())).toBeLessThan(50)
  expect(new Set(questions.map(({ objects }) => objects)).size).toBeGreaterThan(40)
})

it('shows the labels of the pods that a question about policies is about', () => {
  for (const { objects, question } of drawn('netpol', 20)) {
    const [, from = ''] = /Does \w+\/(\w+) reach/.exec(question.en) ?? []
    const pod = objects.split('---\n').find((each) => each.includes(`kind: Pod, metadata: {name: ${from}, `))
    expect(pod).toMatch(/labels: \{app: \w+\}/)
    expect(parseYamlText(pod ?? '')).toMatchObject({ kind: 'Pod', metadata: { name: from } })
  }
})

it('draws the same question for the same seed and number', () => {
  for (const subject of SUBJECTS) {
    expect(practiceQuestion(subject, { seed: 2, number: 3 })).toEqual(
      practiceQuestion(subject, { seed: 2, number: 3 }),
    )
    expect(practiceQuestion(subject, { seed: 3, number: 3 })).not.toEqual(
      practiceQuestion(subject, { seed: 2, number: 3 }),
    )
  }
})

it('takes an answer in any order and case, and wants all of it', () => {
  const question = drawn('scheduler', 60).find(({ answer }) => answer.length === 2) as PracticeQuestion
  const [first = '', second = ''] = question.answer
  expect(isRight(question, `${second.toUpperCase()}, ${first}`)).toBe(true)
  expect(isRight(question, first)).toBe(false)
  expect(isRight(question, question.choices.join(' '))).toBe(false)
  expect(isRight(question, `${first} ${first}`)).toBe(false)
})

test('a terminal asks until somebody quits, counts, and asks again what it does not understand', async () => {
  const [first, second] = drawn('rbac', 2) as [PracticeQuestion, PracticeQuestion]
  const wrong = second.answer[0] === 'yes' ? 'no' : 'yes'
  const typed = ['perhaps', first.answer[0], wrong, 'q']
  const written: string[] = []
  const screen = new Screen('en', { columns: 100, colours: false }, (text) => void written.push(text))
  const counts = await practise('rbac', 5, 'en', screen, () => Promise.resolve(typed.shift()))
  expect(counts).toEqual({ asked: 2, right: 1 })
  const text = written.join('')
  expect(text).toContain('answer with: yes, no')
  expect(text).toContain('You were right!')
  expect(text).toContain(`No: the answer is ${second.answer[0] ?? ''}`)
  expect(text).toContain('1 of 2 answers were right')
})
