import { drawExam } from 'simcluster/lessons'
import type { Language } from '../../src/lang/text/phrases.js'
import { absolutePath } from '../../src/shell/files/tree.js'
import type { Place, Printed } from '../../src/course/deed.js'
import { addressOf, isAddress, placeAt } from './address.js'
import type { StepAt } from '../../src/course/deed.js'
import { decodeDeed, encodeDeed } from './actions.js'
import { Clock } from './cluster/clock.js'
import { complete, withAlias } from '../../src/course/terminal-line.js'
import { chapterOf, stepsToDo } from './guide/course.js'
import { h, tabs } from './dom.js'
import { edit } from './editor.js'
import { Grid } from './cluster/grid.js'
import { examPanel } from './guide/exam-panel.js'
import { Figures } from './figures/figures.js'
import type { GuideParts } from './guide/guide-parts.js'
import { chapterPanel } from './guide/guide.js'
import { header } from './header.js'
import { Inspector, type Inspected } from './cluster/inspector.js'
import { type Pane, paneTabs, splitter } from './layout.js'
import { lessonPanel } from './guide/lesson-panel.js'
import { isDrawn } from './pace.js'
import { PracticePanel } from './guide/practice-panel.js'
import { PolicyDesk } from './desks/policy-desk.js'
import type { Progress } from './guide/progress.js'
import { loadProgress, readFile, saveProgress } from './guide/progress.js'
import { firstSession, forgetHanging, replayed, reopened } from './reopening.js'
import { SchedulerDesk } from './desks/scheduler-desk.js'
import type { Frame } from './session.js'
import { Session } from './session.js'
import { TerminalView } from './terminal/terminal.js'
import type { Words } from './texts.js'
import { WORDS } from './texts.js'
import { Tour } from './guide/tour.js'
import { watchProgram, type WatchProgram } from './terminal/watch-program.js'

/** Commands that print until they are interrupted. */
const WATCH =
  /^kubectl\s+(?:get\s[^|;&>]*(?:\s-w\b|\s--watch\b|\s--watch-only\b)|logs\s[^|;&>]*(?:\s-f\b|\s--follow\b))/
const USE_CONTEXT = /^kubectl\s+config\s+use(?:-context)?\s+(k8s-c\d+)(?=\s*(?:$|&&|;))/
const EDITOR = /^(?:sudo\s+)?(?:vi|vim|nano)\s+([^\s|;&>]+)$/

/** The tab of the guide that belongs to a place. */
const GUIDE_TABS = { chapter: 'chapters', lesson: 'lessons', exam: 'exam' } as const

/** The page: a guide beside a workbench, with a terminal below. */
export class App {
  #progress: Progress
  #session: Session
  readonly #terminalBox = h('div', { class: 'xterm-box' })
  readonly #terminal: TerminalView
  readonly #log = h('pre', { class: 'hidden-text', role: 'log' })
  readonly #says = h('p', { class: 'says', role: 'status' })
  #grid!: Grid
  #clock!: Clock
  #scheduler!: SchedulerDesk
  #policies: PolicyDesk | undefined
  #refreshers: (() => void)[] = []
  #guideTab = 'chapters'
  #workTab = 'cluster'
  #endWatch: () => void = () => undefined
  /** Redraws what `watch` shows, if its time has come. */
  #refreshWatch: () => void = () => undefined
  #isDrawing = false
  #saying: (words: Words) => string = () => ''
  #inspector: Inspector | undefined
  readonly #inspectorBox = h('div', { class: 'inspector-box', hidden: true })
  #practice!: PracticePanel
  #pane: Pane = 'guide'
  #isFolded = false
  /** How much the terminal had written when a moment was over. */
  readonly #written = new WeakMap<Frame, number>()

  /**
   * Whether this browser keeps the session: never if it came with a link, and once something is done in it
   * if it stands in for one that could not be replayed.
   */
  #keeps: 'always' | 'later' | 'never'

  private constructor(
    progress: Progress,
    session: Session,
    { keeps = 'always' }: { readonly keeps?: 'always' | 'later' | 'never' } = {},
  ) {
    this.#progress = progress
    this.#keeps = keeps
    this.#session = session
    const { kind } = session.place
    if (kind !== 'free') this.#guideTab = GUIDE_TABS[kind]
    document.body.replaceChildren(this.#terminalBox)
    this.#terminal = new TerminalView(this.#terminalBox, this.#words.terminal, {
      prompt: () => this.#session.host.prompt,
      run: (line) => this.#run(line),
      complete: (line) => complete(line, this.#session.host),
      canLeave: () => this.#session.host.inner !== undefined,
      interrupt: () => this.#endWatch(),
    })
    this.#follow()
    this.#build()
    this.#terminal.restart()
    this.#terminal.say(this.#words.welcome)
    addEventListener('hashchange', () => void this.#goToAddress())
    // a hidden page is not drawn, and may be closed
    for (const event of ['visibilitychange', 'pagehide'])
      addEventListener(event, () => this.#isDrawing && this.#keep())
  }

  /** Opens the place that the address names, if there is one and it is not open. */
  async #goToAddress(): Promise<void> {
    const place = placeAt(location.hash)
    if (place === undefined)
      return isAddress(location.hash) ? void this.#say((words) => words.badLink) : undefined
    if (addressOf(place) === addressOf(this.#session.place)) return
    await this.#open(place).catch(() => this.#say((words) => words.badLink))
  }

  /** Opens what the address or the progress of this browser says. */
  static async start(): Promise<App> {
    const progress = loadProgress()
    const words = WORDS[progress.language]
    document.body.append(h('p', { role: 'status', class: 'loading' }, words.loading))
    await new Promise((resolve) => setTimeout(resolve))
    const shared = /^#s=(.+)$/.exec(location.hash)?.[1]
    if (shared !== undefined) {
      try {
        const deed = await decodeDeed(shared)
        const session = await Session.replay(deed)
        const isSame = session.cluster.state.traceHash() === deed.traceHash
        return new App(progress, session, { keeps: 'never' }).#say((each) =>
          isSame ? each.sameTrace : each.otherTrace,
        )
      } catch {
        return new App(progress, await firstSession()).#say((each) => each.badLink)
      }
    }
    const place = placeAt(location.hash)
    if (
      place !== undefined &&
      (progress.deed === undefined || addressOf(place) !== addressOf(progress.deed.place))
    )
      return App.#startAt(place, progress)
    const { session, from } = await reopened(progress.deed)
    const app = new App(progress, session, { keeps: from === 'anew' ? 'later' : 'always' })
    if (place === undefined && isAddress(location.hash)) return app.#say((each) => each.badLink)
    if (from === 'nothing') return app
    return app.#say((each) => (from === 'kept' ? each.restored : each.anew))
  }

  /** Opens a place that an address names. What this browser keeps stays until something is done there. */
  static async #startAt(place: Place, progress: Progress): Promise<App> {
    try {
      return new App(progress, await Session.open(place), { keeps: 'later' })
    } catch {
      return new App(progress, await firstSession(), { keeps: 'later' }).#say((each) => each.badLink)
    }
  }

  get #words(): Words {
    return WORDS[this.#progress.language]
  }

  /** Tells something in the language of the page, also when that changes. */
  #say(text: (words: Words) => string): this {
    this.#saying = text
    this.#says.textContent = text(this.#words)
    return this
  }

  async #open(place: Place): Promise<void> {
    this.#endWatch()
    this.#clock.pause()
    this.#leaveTask()
    const begun = place.kind === 'exam' ? this.#progress.exam?.actions[place.task] : undefined
    this.#session =
      begun === undefined ? await Session.open(place) : await Session.replay({ place, actions: begun })
    this.#replaceKept()
    if (place.kind !== 'free') this.#guideTab = GUIDE_TABS[place.kind]
    this.#workTab = 'cluster'
    history.replaceState(undefined, '', `#${addressOf(place)}`)
    this.#say(() => '')
    this.#inspect(undefined)
    this.#follow()
    this.#build()
    this.#terminal.clear()
    this.#terminal.restart()
  }

  /** Keeps what was done for a task of the exam. */
  #leaveTask(): void {
    const { place, actions } = this.#session
    const { exam } = this.#progress
    if (place.kind !== 'exam' || exam === undefined) return
    this.#save({ exam: { ...exam, actions: { ...exam.actions, [place.task]: actions } } })
  }

  #follow(): void {
    this.#session.onAsked = () => this.#tellMoving()
    this.#session.onChange = () => this.#changed()
    this.#session.onMoving = () => this.#clock.showTime()
    this.#session.onWatched = (text) => this.#print(text)
  }

  /** Draws once for all changes until the next frame. */
  #changed(): void {
    if (this.#session.actions.length > 0) this.#replaceKept()
    if (!this.#isDrawing) {
      this.#isDrawing = true
      requestAnimationFrame(() => {
        this.#isDrawing = false
        this.#draw()
      })
    }
    this.#tellMoving()
  }

  /** The page says in `data-moving` what is about to change: the cluster, or only what is drawn of it. */
  #tellMoving(): void {
    const { dataset } = document.documentElement
    if (this.#session.isActing) dataset['moving'] = 'cluster'
    else if (this.#isDrawing) dataset['moving'] = 'page'
    else delete dataset['moving']
  }

  #draw(): void {
    const isLive = this.#session.isLive
    document.documentElement.dataset['time'] = isLive ? 'now' : 'past'
    this.#clock.show()
    this.#grid.show(this.#session.view, this.#clock.base()?.view)
    this.#cutTerminal()
    this.#inspector?.show()
    if (this.#workTab === 'scheduler') this.#scheduler.show()
    for (const refresh of this.#refreshers) refresh()
    this.#refreshWatch()
    this.#keep()
    this.#tellMoving()
  }

  /** Keeps what was done. The learner's own session stays as it was while another one is looked at. */
  #keep(): void {
    if (this.#session.isLive && this.#keeps === 'always') this.#save({ deed: this.#session.deed() })
  }

  /** The terminal shows what was there at the moment that is looked at. */
  #cutTerminal(): void {
    const { frames, at, isLive } = this.#session
    if (isLive) {
      this.#terminal.cutAt()
      this.#noteWritten()
    } else {
      const frame = frames.slice(0, at + 1).findLast((each) => this.#written.has(each))
      this.#terminal.cutAt(frame === undefined ? 0 : this.#written.get(frame), this.#words.pastTerminal)
    }
  }

  #noteWritten(): void {
    const { frames, isLive } = this.#session
    const last = frames.at(-1)
    if (isLive && last !== undefined) this.#written.set(last, this.#terminal.written)
  }

  /** From now on the session takes the place of the one that could not be replayed. */
  #replaceKept(): void {
    if (this.#keeps !== 'later') return
    this.#keeps = 'always'
    forgetHanging()
  }

  #save(change: Partial<Progress>): void {
    this.#progress = { ...this.#progress, ...change }
    saveProgress(this.#progress)
  }

  /** Runs a line of the terminal. */
  async #run(given: string): Promise<void> {
    const line = withAlias(given.trim())
    const session = this.#session
    if (!session.isLive) return void this.#say((words) => words.pastTerminal)
    this.#say(() => '')
    if (line === 'clear') return this.#terminal.clear()
    if (line === 'history')
      return this.#print(
        this.#terminal.history.map((each, at) => `${String(at + 1).padStart(5)}  ${each}\n`).join(''),
      )
    const task = this.#taskOf(line)
    if (task !== undefined) {
      await this.#open(task)
      return this.#run(line)
    }
    try {
      const [, path] = EDITOR.exec(line) ?? []
      const program = watchProgram(line)
      // a container has files and programs of its own
      if (session.host.inner === 'container') await this.#type(line)
      else if (program !== undefined) await this.#repeat(program)
      else if (path !== undefined) await this.#editFile(path)
      else if (/^kubectl\s+edit\b[^|;&>]*$/.test(line)) await this.#editObject(line)
      else if (WATCH.test(line)) await this.#watch(line)
      else await this.#type(line)
    } catch (error) {
      this.#print(`${error instanceof Error ? error.message : String(error)}\n`)
    }
  }

  /** The other task of an exam whose context a line uses: each has a cluster of its own. */
  #taskOf(line: string): Place | undefined {
    const { place } = this.#session
    const [, context] = USE_CONTEXT.exec(line) ?? []
    if (place.kind !== 'exam' || context === undefined) return undefined
    const task = drawExam(place.name, place.seed).tasks.find((each) => each.context === context)
    return task === undefined || task.number === place.task ? undefined : { ...place, task: task.number }
  }

  /** Types a line. In a chapter it counts as the next command if it does the same. */
  async #type(line: string): Promise<void> {
    const session = this.#session
    const before = session.done.size
    await isDrawn()
    this.#printed(await session.type(line, this.#nextSteps()))
    if (session.done.size > before) this.#say((words) => words.counts)
  }

  /** Steps of the chapter that are not done. */
  #nextSteps(): readonly StepAt[] {
    const { place, done } = this.#session
    if (place.kind !== 'chapter') return []
    return stepsToDo(chapterOf(place.number, place.version)).filter((at) => !done.has(at.join('.')))
  }

  async #editFile(path: string): Promise<void> {
    const { host } = this.#session
    const full = absolutePath(host.workingDirectory, path)
    const text = await edit(this.#words, full, host.read(full) ?? '')
    this.#terminal.focus()
    if (text !== undefined) await this.#session.perform({ do: 'write', path: full, text })
  }

  async #editObject(line: string): Promise<void> {
    const shown = this.#session.textToEdit(line)
    if ('error' in shown) return this.#print(shown.error)
    const text = await edit(this.#words, line, shown.text)
    this.#terminal.focus()
    if (text === undefined || text === shown.text) return this.#print('Edit cancelled, no changes made.\n')
    this.#printed(await this.#session.perform({ do: 'edit', line, text }))
  }

  /** Until Ctrl+C; time is moved by the clock. */
  async #watch(line: string): Promise<void> {
    const session = this.#session
    const interrupted = new Promise<void>((resolve) => (this.#endWatch = resolve))
    this.#say((words) => words.watching)
    await session.perform({ do: 'watch', line })
    if (session.isWatching) await interrupted
    if (session.isWatching && session.isLive) await session.perform({ do: 'unwatch' })
    this.#endWatch = () => undefined
    this.#say(() => '')
  }

  /** Redraws what a program prints as the cluster's time moves, until Ctrl+C. It runs on forks. */
  async #repeat(program: WatchProgram): Promise<void> {
    const session = this.#session
    let drawn = -Infinity
    let isDrawing = false
    const draw = async (): Promise<void> => {
      if (isDrawing || !session.isLive || session.cluster.now() - drawn < program.seconds * 1000) return
      isDrawing = true
      drawn = session.cluster.now()
      try {
        const { text, screen, isLast } = await program.run(session.host, this.#terminal.columns)
        this.#terminal.showScreen(screen)
        // what is read aloud changes only with what is printed
        if (this.#log.textContent !== text) this.#log.textContent = text
        if (isLast) this.#endWatch()
      } finally {
        isDrawing = false
      }
    }
    this.#say((words) => words.watching)
    const interrupted = new Promise<void>((resolve) => (this.#endWatch = resolve))
    this.#refreshWatch = () => void draw()
    try {
      await draw()
      await interrupted
    } finally {
      this.#refreshWatch = this.#endWatch = () => undefined
      this.#terminal.endScreen()
      this.#say(() => '')
    }
  }

  #printed({ terminal }: Printed): void {
    this.#print(terminal)
  }

  #print(text: string): void {
    const whole = text === '' || text.endsWith('\n') ? text : `${text}\n`
    this.#terminal.write(whole)
    this.#noteWritten()
    this.#log.textContent = whole.slice(-4000)
  }

  /** Plays a step of the chapter; the terminal shows what is typed. */
  async #play(section: number, at: number): Promise<string> {
    const { place } = this.#session
    if (place.kind !== 'chapter') return ''
    if (!this.#session.isLive) {
      this.#say((words) => words.pastTerminal)
      return ''
    }
    this.#say(() => '')
    const step = chapterOf(place.number, place.version).sections[section]?.steps[at]
    const prompt = this.#session.host.prompt
    const title = ((): string => {
      if (step?.kind === 'command') return `${prompt}${step.line}`
      if (step?.kind === 'ask') return `? ${step.question}`
      if (step?.kind === 'file') return `# ${this.#words.file(step.path)}`
      if (step?.kind === 'predict') return `= ${step.line}`
      return step?.kind === 'event' ? `# ${this.#words.event(step)}` : ''
    })()
    const { terminal } = await this.#session.perform({ do: 'play', section, step: at })
    this.#terminal.say(`${title}\n${terminal}`)
    this.#noteWritten()
    this.#log.textContent = terminal.slice(-4000)
    return terminal
  }

  /** Opens or closes the inspector. */
  #inspect(of: Inspected | undefined, sight?: 'why'): void {
    const hasFocus = this.#inspectorBox.contains(document.activeElement)
    this.#inspector =
      of &&
      new Inspector(
        {
          words: this.#words,
          language: this.#progress.language,
          session: () => this.#session,
          type: (line) => void this.#terminal.type(line),
          accident: (node, accident) => void this.#session.perform({ do: 'machine', node, accident }),
          explain: (pod) => {
            document.getElementById('tab-scheduler')?.click()
            this.#scheduler.explain(pod)
          },
          close: () => this.#inspect(undefined),
        },
        of,
        sight,
      )
    this.#inspectorBox.hidden = of === undefined
    this.#inspectorBox.replaceChildren(...(this.#inspector === undefined ? [] : [this.#inspector.element]))
    this.#inspector?.show()
    // on a narrow page it is below the nodes
    if (this.#inspectorBox.offsetTop > this.#grid.element.offsetTop)
      this.#inspectorBox.scrollIntoView({ block: 'start' })
    if (of === undefined && hasFocus) document.getElementById('tab-cluster')?.focus()
    for (const refresh of this.#refreshers) refresh()
  }

  /** Builds the page in the learner's language around the terminal. */
  #build(): void {
    const { language, theme } = this.#progress
    const words = this.#words
    const session = (): Session => this.#session
    document.documentElement.lang = language
    document.documentElement.dataset['theme'] = theme ?? ''
    document.title = words.title
    this.#terminalBox.querySelector('textarea')?.setAttribute('aria-label', words.terminal)
    this.#log.setAttribute('aria-label', words.output)
    this.#say(this.#saying)
    this.#refreshers = []
    this.#clock?.pause()
    this.#grid = new Grid(words, {
      onPod: ({ namespace, name }) => this.#inspect({ kind: 'pod', namespace, name }),
      onNode: (name) => this.#inspect({ kind: 'node', name }),
      onWhy: (of) =>
        this.#inspect(
          'pods' in of
            ? { kind: 'node', name: of.name }
            : { kind: 'pod', namespace: of.namespace, name: of.name },
          'why',
        ),
    })
    this.#inspect(undefined)
    this.#clock = new Clock(words, session)
    this.#scheduler = new SchedulerDesk(words, session)
    this.#policies = new PolicyDesk(words, language, session, this.#policies?.text ?? '')
    const parts = this.#guideParts(words, language)
    document.body.replaceChildren(
      h('a', { class: 'skip', href: '#command' }, words.skip),
      this.#header(words, language),
      new Tour(parts).element,
      this.#main(words, parts),
      paneTabs(words, this.#pane, (pane) => {
        this.#pane = pane
        document.documentElement.dataset['pane'] = pane
      }),
    )
    document.documentElement.dataset['pane'] = this.#pane
    this.#draw()
  }

  #main(words: Words, parts: GuideParts): HTMLElement {
    const aside = h('aside', { 'aria-label': words.guide }, this.#guide(words, parts))
    const terminal = this.#terminalSection(words)
    const work: HTMLElement = h(
      'div',
      { class: 'work' },
      this.#bench(words),
      this.#clock.element,
      splitter(words.resizeTerminal, '--terminal', () => terminal.offsetHeight, [
        90,
        (): number => work.offsetHeight - 160,
      ]),
      terminal,
    )
    work.classList.toggle('folded', this.#isFolded)
    return h(
      'main',
      {},
      aside,
      splitter(words.resizeGuide, '--aside', () => aside.offsetWidth, [220, () => innerWidth - 420]),
      work,
    )
  }

  /** The panels above the clock. */
  #bench(words: Words): HTMLElement {
    const cluster = h('div', { class: 'cluster' }, this.#grid.element, this.#inspectorBox)
    return h(
      'section',
      { class: 'bench', 'aria-label': words.work },
      tabs(
        words.work,
        [
          { id: 'cluster', title: words.cluster, panel: cluster },
          { id: 'scheduler', title: words.scheduler, panel: this.#scheduler.element },
          { id: 'policies', title: words.policies, panel: this.#policies?.element ?? h('div') },
          { id: 'figures', title: words.figures, panel: new Figures(this.#progress.language).element },
        ],
        this.#workTab,
        (id) => {
          this.#workTab = id
          if (id === 'scheduler') this.#scheduler.show()
        },
      ),
    )
  }

  #guideParts(words: Words, language: Language): GuideParts {
    return {
      words,
      language,
      session: () => this.#session,
      progress: () => this.#progress,
      save: (change) => this.#save(change),
      open: (place) => this.#open(place),
      inspected: () => this.#inspector?.of,
      say: (text) => void this.#say(text),
      play: (section, step) => this.#play(section, step),
      practise: (subject) => {
        document.getElementById('tab-practice')?.click()
        this.#practice.show(subject)
      },
      whenChanged: (refresh) => void this.#refreshers.push(refresh),
      changed: () => this.#build(),
    }
  }

  #guide(words: Words, parts: GuideParts): HTMLElement {
    this.#practice = new PracticePanel(parts)
    return tabs(
      words.guide,
      [
        { id: 'chapters', title: words.chapters, panel: chapterPanel(parts) },
        { id: 'lessons', title: words.lessons, panel: lessonPanel(parts) },
        { id: 'practice', title: words.practice, panel: this.#practice.element },
        { id: 'exam', title: words.exam, panel: examPanel(parts) },
      ],
      this.#guideTab,
      (id) => (this.#guideTab = id),
    )
  }

  #terminalSection(words: Words): HTMLElement {
    const input = h('input', {
      id: 'command',
      autocomplete: 'off',
      autocapitalize: 'off',
      spellcheck: 'false',
      placeholder: words.inputShort,
      title: words.inputHint,
    })
    const submit = (event: Event): void => {
      event.preventDefault()
      const line = input.value
      input.value = ''
      this.#endWatch()
      void this.#terminal.type(line)
    }
    return h(
      'section',
      { class: 'terminal', 'aria-label': words.terminal },
      this.#terminalBox,
      h(
        'form',
        { onsubmit: submit },
        h('label', { for: 'command' }, words.inputLine),
        input,
        h('button', {}, words.run),
        this.#foldButton(words),
      ),
      this.#log,
    )
  }

  #foldButton(words: Words): HTMLElement {
    const button = h('button', {
      type: 'button',
      class: 'fold',
      'aria-expanded': String(!this.#isFolded),
      'aria-label': words.foldTerminal,
      title: words.foldTerminal,
      onclick: () => {
        this.#isFolded = !this.#isFolded
        button.setAttribute('aria-expanded', String(!this.#isFolded))
        document.querySelector('.work')?.classList.toggle('folded', this.#isFolded)
      },
    })
    return button
  }

  #header(words: Words, language: Language): HTMLElement {
    return header({
      words,
      language,
      says: this.#says,
      progress: () => this.#progress,
      save: (change) => this.#save(change),
      openFree: (nodes) => void this.#open({ kind: 'free', nodes, seed: 1 }),
      share: () => void this.#share(),
      importFile: (file) => void this.#import(file),
      speak: (other) => {
        this.#save({ language: other })
        this.#build()
      },
    })
  }

  async #share(): Promise<void> {
    history.replaceState(undefined, '', `#s=${await encodeDeed(this.#session.deed())}`)
    await navigator.clipboard?.writeText(location.href).catch(() => undefined)
    this.#say((words) => words.shared)
  }

  async #import(file: File | undefined): Promise<void> {
    const progress = await readFile(file)
    if (progress === undefined) return void this.#say((words) => words.badFile)
    // saved only once it has been replayed: a page whose progress hangs could not be opened any more
    const session = await replayed(progress.deed)
    if (session === undefined) return void this.#say((words) => words.badFile)
    this.#keeps = 'always'
    this.#save(progress)
    forgetHanging()
    this.#session = session
    this.#follow()
    this.#build()
    this.#terminal.restart()
    this.#say((words) => words.imported)
  }
}
