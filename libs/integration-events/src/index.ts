export { FIRST_HR_OUTCOMES, HR_OUTCOME_TYPE, LATER_VERDICTS, type FirstHrOutcome, type HrOutcome, type LaterVerdict } from './hr-outcome';
