import { Budget, type BudgetLimits, OverBudget, within } from '../lang/bounds/budget.js'
import { tooMuchWork } from './errors.js'

/**
 * What the patterns, paths and other parts of one request that a client writes may take together. Validating
 * an object of 1.5 MiB with an ordinary pattern takes 300,000 steps, and what CEL's own limits allow eight
 * million.
 */
export const REQUEST_LIMITS: BudgetLimits = { work: 'the request', steps: 10_000_000 }

/** Runs the work of a request within its budget. @throws ApiError 504 if that is used up */
export function withinRequest<T>(work: () => T): T {
  try {
    return within(new Budget(REQUEST_LIMITS), work)
  } catch (error) {
    throw error instanceof OverBudget ? tooMuchWork(error) : error
  }
}
