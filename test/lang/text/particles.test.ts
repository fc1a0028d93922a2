import { expect, test } from 'vitest'
import { particleAfter, withParticles } from '../../../src/lang/text/particles.js'
import { vocabulary } from '../../../src/lang/text/phrases.js'

const all = (word: string): string =>
  ['이', '은', '을', '과', '으로', '이라'].map((form) => particleAfter(word, form)).join(' ')
const AFTER = { consonant: '이 은 을 과 으로 이라', rieul: '이 은 을 과 로 이라', vowel: '가 는 를 와 로 라' }

const words: Readonly<Record<keyof typeof AFTER, string>> = {
  consonant:
    '노드웹 컨테이너셋 서비스명 node-0 node-3 node-6 10.0.0.10 8080 3000 web shop billing team jane zone ' +
    'backup block metric target app job robot ReplicaSet VM webhook timeout',
  rieul: '레이블 롤 node-1 node-7 0.8 payroll stable role kubectl label SSL mysql',
  vowel:
    '포드 노드 node-2 node-4 1.35 10.0.0.9 db cache queue gateway store disk node pod service CPU ' +
    'API DNS TLS 100m 512Mi 50% network client default nginx etcd targetPort host',
}

test.each(Object.entries(words))(
  'a particle agrees with how a word ends when it is read: %s',
  (end, given) => {
    for (const word of given.split(' ')) {
      expect(`${word}: ${all(word)}`).toBe(`${word}: ${AFTER[end as keyof typeof AFTER]}`)
    }
  },
)

test('what closes a word, and how its particle was written, make no difference', () => {
  for (const closed of ['"node-2"', '`node-2`', '(node-2)', 'node-2…']) expect(all(closed)).toBe(AFTER.vowel)
  for (const form of ['이', '가', '이(가)', '가(이)']) {
    expect(particleAfter('web', form)).toBe('이')
    expect(particleAfter('db', form)).toBe('가')
  }
  expect([particleAfter('8080', '(으)로'), particleAfter('node-1', '(으)로')]).toEqual(['으로', '로'])
  // what is no such particle stays
  expect(particleAfter('web', '에서')).toBe('에서')
})

test('a phrase has the form that suits what it is about', () => {
  const { say, tell } = vocabulary<'gone'>({
    en: { gone: '{0} goes to {1}' },
    ko: { gone: '{0}이(가) {1}(으)로' },
  })
  expect(tell(say('gone', 'web', 'node-1'), 'ko')).toBe('web이 node-1로')
  expect(tell(say('gone', 'node-2', 8080), 'ko')).toBe('node-2가 8080으로')
  expect(tell(say('gone', 'web', 'db'))).toBe('web goes to db')
})

test('in a text only particles after Latin words and digits change, and only whole ones', () => {
  expect(withParticles('db은 node-3로 가고, 포트 8080로 web와 통합니다.')).toBe(
    'db는 node-3으로 가고, 포트 8080으로 web과 통합니다.',
  )
  const kept = 'kubectl get pods -o wide 은행은 web이라고 db에서 a/b.yaml에'
  expect(withParticles(kept)).toBe(kept)
})
