import { defineImage, InputError, SimCluster } from 'simcluster'
import { expect, test } from 'vitest'
import { badInput } from '../../support/typed.js'

const identity = { name: 'x' }
const setup = (): void => undefined

class Misspelt {
  readonly name: string = 'no-gpu'
  readonly identity = identity
  filtr(): undefined {
    return undefined
  }
  setUp(): void {}
}

/** A plugin with helpers and state of its own. */
class WithHelpers {
  readonly name = 'own'
  readonly seen = new Map<string, number>()
  filter(): undefined {
    return this.filters('a')
  }
  filters(key: string): undefined {
    this.seen.set(key, (this.seen.get(key) ?? 0) + 1)
    return undefined
  }
}

const withPlugin = (plugin: never): SimCluster =>
  new SimCluster({ nodes: 1, scheduler: { profiles: [{ plugins: [plugin] }] } })

test('a component with an unknown key is refused with the nearest one', () => {
  const of = (component: object) => () => new SimCluster({ components: [badInput<never>(component)] })
  expect(of({ name: 'x', identity, setup, dose: setup })).toThrow(
    'components[0].dose (did you mean components[0].doze?)',
  )
  expect(of({ name: 'x', identity, setup, reconcile: setup })).toThrow(
    'there are: name, identity, subject, setup',
  )
  expect(of({ name: 'x', identity: { name: 'x', group: ['a'] }, setup })).toThrow('identity.groups?')
  expect(of({ name: 'x', setup })).toThrow('identity must be an object, not undefined')
  expect(of(new Misspelt())).toThrow('components[0].setUp (did you mean components[0].setup?)')
})

test('a plugin of the scheduler with an unknown member is refused: object, class and factory', () => {
  expect(() => withPlugin(badInput<never>({ name: 'a', filtr: setup }))).toThrow(
    'did you mean scheduler.profiles[0].plugins[0].filter?',
  )
  expect(() => withPlugin(badInput<never>(new Misspelt()))).toThrow('filtr (did you mean')
  expect(() => withPlugin(badInput<never>(() => ({ name: 'a', scor: setup })))).toThrow(
    'unknown option scor (did you mean score?)',
  )
  const events = { 'Node/Added': 'queue' }
  expect(() => withPlugin(badInput<never>({ name: 'a', filter: setup, eventsToRegister: events }))).toThrow(
    'Node/Add"]?',
  )
  expect(() => withPlugin(badInput<never>({ name: 'a', filter: 7 }))).toThrow(InputError)
})

test('a plugin of a class may have methods and fields of its own', () => {
  const plugin = new WithHelpers()
  const cluster = withPlugin(badInput<never>(plugin))
  cluster.kubectl('run a --image=nginx')
  cluster.settle()
  expect(plugin.seen.get('a')).toBeGreaterThan(0)
})

test('the behaviour of an image with a misspelt handler is refused, in a class as well', () => {
  class Behavior {
    strat(): object {
      return {}
    }
  }
  expect(() => defineImage({ name: 'app', behavior: badInput<never>(new Behavior()) })).toThrow(
    'behavior.strat (did you mean behavior.start?)',
  )
})

test('a plugin of the scheduler without an extension point is refused, since it does nothing', () => {
  expect(() => withPlugin(badInput<never>({ name: 'idle' }))).toThrow(
    'idle does nothing: it has no extension point',
  )
})
