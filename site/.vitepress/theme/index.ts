import { h, nextTick, onMounted, watch } from 'vue'
import { type Theme, useData, useRoute, withBase } from 'vitepress'
import DefaultTheme from 'vitepress/theme'
import LiveStep from './LiveStep.vue'
import './style.css'

const FILM = {
  ko: '노드 하나가 죽고, 그 위의 포드가 다른 노드에서 다시 시작합니다.',
  en: 'A node dies, and its pods start again elsewhere.',
} as const

/** A moving cluster below the first words of the home page. */
function film(): ReturnType<typeof h> {
  const lang = useData().lang.value === 'ko' ? 'ko' : 'en'
  return h('figure', { class: 'film' }, [
    // a telephone scrolls it sideways, also by keys: fitted to its width, no name could be read
    h('div', { class: 'reel', tabindex: 0, role: 'group', 'aria-label': FILM[lang] }, [
      h('img', { src: withBase(`/film.${lang}.svg`), alt: FILM[lang] }),
    ]),
    h('figcaption', FILM[lang]),
  ])
}

/** The default theme marks the main part of a document only, not that of other pages. */
function markMain(): void {
  const content = document.getElementById('VPContent')
  if (content === null) return
  if (content.querySelector('main') === null) content.setAttribute('role', 'main')
  else content.removeAttribute('role')
}

const theme: Theme = {
  extends: DefaultTheme,
  Layout: () => h(DefaultTheme.Layout, null, { 'home-hero-after': film }),
  enhanceApp: ({ app }) => void app.component('LiveStep', LiveStep),
  setup() {
    const route = useRoute()
    onMounted(markMain)
    watch(
      () => route.path,
      () => void nextTick(markMain),
    )
  },
}

export default theme
