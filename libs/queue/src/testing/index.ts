export { recount, type Miscount } from './recount';
