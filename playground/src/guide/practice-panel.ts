import type { PracticeSubject } from 'simcluster/lessons'
import { isRight, practiceQuestion } from 'simcluster/lessons'
import { h } from '../dom.js'
import type { GuideParts } from './guide-parts.js'

export const SUBJECTS: readonly PracticeSubject[] = ['netpol', 'rbac', 'scheduler']

/** Endless questions: the cluster's own evaluators compute the answers. */
export class PracticePanel {
  readonly element: HTMLElement
  readonly #parts: GuideParts
  readonly #question = h('div', { class: 'question' })
  readonly #score = h('output', { class: 'score' })
  #subject: PracticeSubject = 'netpol'

  constructor(parts: GuideParts) {
    this.#parts = parts
    const { words } = parts
    const subjects = h('select', { 'aria-label': words.practice })
    for (const subject of SUBJECTS) subjects.append(h('option', { value: subject }, words.subject[subject]))
    subjects.addEventListener('change', () => {
      const chosen = SUBJECTS.find((subject) => subject === subjects.value)
      if (chosen !== undefined) this.show(chosen)
    })
    this.#select = subjects
    this.element = h(
      'div',
      { class: 'guide practice' },
      h('h2', {}, words.practice),
      h('p', {}, words.practiceIntro),
      h('p', { class: 'row' }, subjects, this.#score),
      this.#question,
    )
    this.show(this.#subject)
  }

  readonly #select: HTMLSelectElement

  /** Asks the next question about a subject. */
  show(subject: PracticeSubject): void {
    this.#subject = subject
    this.#select.value = subject
    const { words, language, progress } = this.#parts
    const { asked = 0, right = 0 } = progress().practised[subject] ?? {}
    this.#score.value = asked === 0 ? '' : words.practised(asked, right)
    const question = practiceQuestion(subject, { number: asked + 1 })
    const isOneOf = question.choices.length === 2
    const nameOf = (choice: string): string => words.choice[choice] ?? choice
    const choices = question.choices.map((choice) =>
      h('input', {
        type: isOneOf ? 'radio' : 'checkbox',
        name: 'answer',
        value: choice,
        id: `answer-${choice}`,
      }),
    )
    const verdict = h('div', { role: 'status', class: 'outcome' })
    const button = h('button', { class: 'primary' }, words.answer)
    const answer = (event: Event): void => {
      event.preventDefault()
      const given = choices.filter(({ checked }) => checked).map(({ value }) => value)
      if (given.length === 0) return void (verdict.textContent = words.choose)
      const isGood = isRight(question, given.join(' '))
      this.#note(subject, isGood)
      button.disabled = true
      for (const choice of choices) choice.disabled = true
      verdict.classList.toggle('solved', isGood)
      verdict.replaceChildren(
        h('strong', {}, isGood ? words.right : words.wrong(question.answer.map(nameOf).join(', '))),
        h('pre', { tabindex: 0, 'aria-label': words.proof }, question.explanation[language].trimEnd()),
        h(
          'button',
          { type: 'button', class: 'primary', onclick: () => this.show(subject) },
          words.nextQuestion,
        ),
      )
    }
    this.#question.replaceChildren(
      h('h3', {}, `${asked + 1}. ${question.question[language]}`),
      h('pre', { class: 'objects', tabindex: 0, 'aria-label': words.manifests }, question.objects.trimEnd()),
      h(
        'form',
        { class: 'row', onsubmit: answer },
        ...choices.map((choice) => h('label', { class: 'choice' }, choice, ` ${nameOf(choice.value)}`)),
        button,
      ),
      verdict,
    )
  }

  #note(subject: PracticeSubject, isGood: boolean): void {
    const { progress, save, words } = this.#parts
    const { practised } = progress()
    const before = practised[subject] ?? { asked: 0, right: 0 }
    const after = { asked: before.asked + 1, right: before.right + (isGood ? 1 : 0) }
    save({ practised: { ...practised, [subject]: after } })
    this.#score.value = words.practised(after.asked, after.right)
  }
}
