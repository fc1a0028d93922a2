import type { Credential, EscalationPath, EscalationStep } from './path.js'

/** Concatenates two paths: the second one starts with the credential that the first one yields. */
export function afterPath(first: EscalationPath, second: EscalationPath): EscalationPath {
  const before = first.steps.length
  const steps = second.steps.map((step) => shifted(step, first.credential, before))
  const { webhook = first.webhook } = second
  return {
    ...second,
    steps: [...first.steps, ...steps],
    credential: credentialAfter(second.credential, first.credential, before),
    ...(webhook === undefined ? {} : { webhook }),
  }
}

function shifted(step: EscalationStep, base: Credential, before: number): EscalationStep {
  const as = credentialAfter(step.as ?? { kind: 'own' }, base, before)
  return step.step === 'call' && step.onto !== undefined
    ? { ...step, as, onto: step.onto + before }
    : { ...step, as }
}

/** Renumbers the steps of a credential of the second path. */
function credentialAfter(credential: Credential, base: Credential, before: number): Credential {
  switch (credential.kind) {
    case 'own':
      return base
    case 'impersonation':
      return { ...credential, by: credentialAfter(credential.by ?? { kind: 'own' }, base, before) }
    case 'token':
    case 'certificate':
      return { ...credential, step: credential.step + before }
  }
}
