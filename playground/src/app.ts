import type { Language } from '../../src/course/chapter.js'
import { absolutePath } from '../../src/shell/files/tree.js'
import type { Place } from './actions.js'
import { decodeDeed, encodeDeed, MOST_NODES } from './actions.js'
import { Clock } from './clock.js'
import { complete, promptOf, withAlias } from '../../src/course/terminal-line.js'
import { chapterOf } from './course.js'
import { h, tabs } from './dom.js'
import { edit } from './editor.js'
import { Grid } from './grid.js'
import type { GuideParts } from './guide.js'
import { chapterPanel, lessonPanel } from './guide.js'
import { PolicyDesk } from './policy-desk.js'
import type { Progress } from './progress.js'
import { downloadProgress, loadProgress, readFile, saveProgress } from './progress.js'
import { firstSession, forgetHanging, replayed, reopened } from './reopening.js'
import { SchedulerDesk } from './scheduler-desk.js'
import type { Printed } from './session.js'
import { Session } from './session.js'
import { TerminalView } from './terminal.js'
import type { Words } from './texts.js'
import { WORDS } from './texts.js'

/** Commands that print until they are interrupted. */
const WATCH =
  /^kubectl\s+(?:get\s[^|;&>]*(?:\s-w\b|\s--watch\b|\s--watch-only\b)|logs\s[^|;&>]*(?:\s-f\b|\s--follow\b))/
const EDITOR = /^(?:sudo\s+)?(?:vi|vim|nano)\s+([^\s|;&>]+)$/

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
  #isDrawing = false
  #saying: (words: Words) => string = () => ''

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
    document.body.replaceChildren(this.#terminalBox)
    this.#terminal = new TerminalView(this.#terminalBox, this.#words.terminal, {
      prompt: () => promptOf(this.#session.host),
      run: (line) => this.#run(line),
      complete: (line) => complete(line, this.#session.host),
      interrupt: () => this.#endWatch(),
    })
    this.#follow()
    this.#build()
    this.#terminal.restart()
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
    const { session, from } = await reopened(progress.deed)
    const app = new App(progress, session, { keeps: from === 'anew' ? 'later' : 'always' })
    if (from === 'nothing') return app
    return app.#say((each) => (from === 'kept' ? each.restored : each.anew))
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
    this.#session = await Session.open(place)
    this.#replaceKept()
    if (place.kind !== 'free') this.#guideTab = place.kind === 'chapter' ? 'chapters' : 'lessons'
    this.#say(() => '')
    this.#follow()
    this.#build()
    this.#terminal.clear()
    this.#terminal.restart()
  }

  #follow(): void {
    this.#session.onChange = () => this.#changed()
    this.#session.onWatched = (text) => this.#print(text)
  }

  /** Draws once for all changes until the next frame. */
  #changed(): void {
    if (this.#session.actions.length > 0) this.#replaceKept()
    if (this.#isDrawing) return
    this.#isDrawing = true
    requestAnimationFrame(() => {
      this.#isDrawing = false
      this.#draw()
    })
  }

  #draw(): void {
    const isLive = this.#session.isLive
    document.documentElement.dataset['time'] = isLive ? 'now' : 'past'
    this.#grid.show(this.#session.view)
    this.#clock.show()
    if (this.#workTab === 'scheduler') this.#scheduler.show()
    for (const refresh of this.#refreshers) refresh()
    // the learner's own session stays as it was while another one is looked at
    if (isLive && this.#keeps === 'always') this.#save({ deed: this.#session.deed() })
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
    if (!session.isLive) return this.#print(`${this.#words.pastTerminal}\n`)
    if (line === 'clear') return this.#terminal.clear()
    if (line === 'history')
      return this.#print(
        this.#terminal.history.map((each, at) => `${String(at + 1).padStart(5)}  ${each}\n`).join(''),
      )
    try {
      const [, path] = EDITOR.exec(line) ?? []
      if (path !== undefined) await this.#editFile(path)
      else if (/^kubectl\s+edit\b[^|;&>]*$/.test(line)) await this.#editObject(line)
      else if (WATCH.test(line)) await this.#watch(line)
      else this.#printed(await session.perform({ do: 'type', line }))
    } catch (error) {
      this.#print(`${error instanceof Error ? error.message : String(error)}\n`)
    }
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

  #printed({ terminal }: Printed): void {
    this.#print(terminal)
  }

  #print(text: string): void {
    const whole = text === '' || text.endsWith('\n') ? text : `${text}\n`
    this.#terminal.write(whole)
    this.#log.textContent = whole.slice(-4000)
  }

  /** Plays a step of the chapter; the terminal shows what is typed. */
  async #play(section: number, at: number): Promise<void> {
    const { place } = this.#session
    if (place.kind !== 'chapter') return
    if (!this.#session.isLive) return void this.#say((words) => words.pastTerminal)
    const step = chapterOf(place.number, place.version).sections[section]?.steps[at]
    const prompt = promptOf(this.#session.host)
    const title = ((): string => {
      if (step?.kind === 'command') return `${prompt}${step.line}`
      if (step?.kind === 'ask') return `? ${step.question}`
      if (step?.kind === 'file') return `# ${this.#words.file(step.path)}`
      return step?.kind === 'event' ? `# ${this.#words.event(step)}` : ''
    })()
    const { terminal } = await this.#session.perform({ do: 'play', section, step: at })
    this.#terminal.say(`${title}\n${terminal}`)
    this.#log.textContent = terminal.slice(-4000)
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
    this.#grid = new Grid(words, ({ namespace, name }) => {
      this.#workTab = 'scheduler'
      document.getElementById('tab-scheduler')?.click()
      this.#scheduler.explain(`${namespace}/${name}`)
    })
    this.#clock = new Clock(words, session)
    this.#scheduler = new SchedulerDesk(words, session)
    this.#policies = new PolicyDesk(words, session, this.#policies?.text ?? '')
    document.body.replaceChildren(
      h('a', { class: 'skip', href: '#command' }, words.skip),
      this.#header(words, language),
      h(
        'main',
        {},
        h('aside', { 'aria-label': words.guide }, this.#guide(words, language)),
        h(
          'div',
          { class: 'work' },
          h(
            'section',
            { class: 'bench', 'aria-label': words.work },
            tabs(
              words.work,
              [
                { id: 'cluster', title: words.cluster, panel: this.#grid.element },
                { id: 'scheduler', title: words.scheduler, panel: this.#scheduler.element },
                { id: 'policies', title: words.policies, panel: this.#policies.element },
              ],
              this.#workTab,
              (id) => {
                this.#workTab = id
                if (id === 'scheduler') this.#scheduler.show()
              },
            ),
          ),
          this.#clock.element,
          this.#terminalSection(words),
        ),
      ),
    )
    this.#draw()
  }

  #guide(words: Words, language: Language): HTMLElement {
    const parts: GuideParts = {
      words,
      language,
      session: () => this.#session,
      open: (place) => this.#open(place),
      play: (section, step) => this.#play(section, step),
      solved: () => this.#progress.solved,
      onSolved: (id) => this.#save({ solved: [...new Set([...this.#progress.solved, id])] }),
      whenChanged: (refresh) => void this.#refreshers.push(refresh),
    }
    return tabs(
      words.guide,
      [
        { id: 'chapters', title: words.chapters, panel: chapterPanel(parts) },
        { id: 'lessons', title: words.lessons, panel: lessonPanel(parts) },
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
      placeholder: words.inputHint,
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
      ),
      this.#log,
    )
  }

  #header(words: Words, language: Language): HTMLElement {
    const nodes = h('input', { type: 'number', id: 'nodes', min: 1, max: MOST_NODES, value: 3, size: 3 })
    const file = h('input', {
      type: 'file',
      accept: 'application/json',
      hidden: true,
      'aria-label': words.importProgress,
    })
    file.addEventListener('change', () => void this.#import(file.files?.[0]))
    const isDark = (): boolean =>
      getComputedStyle(document.documentElement).getPropertyValue('--dark').trim() === '1'
    const turn = ({ currentTarget }: Event & { readonly currentTarget: HTMLElement }): void => {
      const theme = isDark() ? 'light' : 'dark'
      this.#save({ theme })
      document.documentElement.dataset['theme'] = theme
      currentTarget.setAttribute('aria-pressed', String(theme === 'dark'))
    }
    return h(
      'header',
      { class: 'top' },
      h('h1', {}, words.title),
      this.#says,
      h(
        'form',
        {
          onsubmit: (event: Event) => {
            event.preventDefault()
            void this.#open({ kind: 'free', nodes: Number(nodes.value), seed: 1 })
          },
        },
        h('label', { for: 'nodes' }, `${words.free}, ${words.freeNodes}`),
        nodes,
        h('button', {}, words.open),
      ),
      h('button', { type: 'button', onclick: () => this.#share() }, words.share),
      h('button', { type: 'button', onclick: () => downloadProgress(this.#progress) }, words.exportProgress),
      h('button', { type: 'button', onclick: () => file.click() }, words.importProgress),
      file,
      h('button', { type: 'button', 'aria-pressed': String(isDark()), onclick: turn }, words.theme),
      h(
        'button',
        {
          type: 'button',
          lang: language === 'ko' ? 'en' : 'ko',
          onclick: () => {
            this.#save({ language: language === 'ko' ? 'en' : 'ko' })
            this.#build()
          },
        },
        words.language,
      ),
    )
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
