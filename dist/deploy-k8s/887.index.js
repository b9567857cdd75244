export const id = 887;
export const ids = [887];
export const modules = {

/***/ 6887:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

__webpack_require__.r(__webpack_exports__);
/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   refuseEndless: () => (/* binding */ refuseEndless)
/* harmony export */ });
/* harmony import */ var _slipway_kernel_errors__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(1525);
/* harmony import */ var _slipway_kernel_json__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(5868);
/* harmony import */ var _object_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(8330);



/** Refuses, before anything is written, workloads whose rollout would never come to an end. */
function refuseEndless(objects) {
    const problems = objects.flatMap(endless);
    if (problems.length > 0)
        throw new _slipway_kernel_errors__WEBPACK_IMPORTED_MODULE_0__/* .UserError */ .yo(problems);
}
function endless(object) {
    const { kind, spec = {} } = object;
    const group = (0,_object_js__WEBPACK_IMPORTED_MODULE_1__/* .groupOf */ .F8)(object);
    const who = (0,_object_js__WEBPACK_IMPORTED_MODULE_1__/* .describeRef */ .Ro)((0,_object_js__WEBPACK_IMPORTED_MODULE_1__/* .refOf */ .H8)(object));
    const strategy = (0,_slipway_kernel_json__WEBPACK_IMPORTED_MODULE_2__/* .isObject */ .Gv)(spec.updateStrategy) ? spec.updateStrategy.type : undefined;
    if (group === 'apps' && strategy === 'OnDelete') {
        return [
            {
                what: `${who} is updated only where somebody deletes its pods, so a rollout of it never ends.`,
                got: 'updateStrategy: { type: OnDelete }',
                allowed: 'RollingUpdate',
                fix: 'updateStrategy: { type: RollingUpdate }',
            },
        ];
    }
    if (group === 'apps' && kind === 'Deployment' && spec.paused === true) {
        return [{ what: `${who} is paused, so a rollout of it never ends.`, got: 'paused: true', fix: 'paused: false' }];
    }
    if (group === 'batch' && kind === 'Job' && spec.suspend === true) {
        return [{ what: `${who} is suspended, so it never ends.`, got: 'suspend: true', fix: 'suspend: false' }];
    }
    return [];
}


/***/ })

};
