export { AccessError, parseTokens, requireSafeHost, type Token } from './callers';
export { createApi, type ApiOptions, type RunningApi } from './create-api';
export { API_VERSION } from './response-headers';
