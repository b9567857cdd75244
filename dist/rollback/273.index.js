export const id = 273;
export const ids = [273];
export const modules = {

/***/ 273:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

__webpack_require__.r(__webpack_exports__);
/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   renderChanges: () => (/* binding */ renderChanges)
/* harmony export */ });
/* harmony import */ var _object_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(8330);

const MOST_LINES = 100;
/** The changes for people: a line for each object, and below it what differs. Objects that stay are only counted. */
function renderChanges(changes) {
    const told = changes.flatMap(renderChange);
    const same = changes.filter(({ kind }) => kind === 'same').length;
    if (same === 0)
        return told;
    return [...told, `${same} ${same === 1 ? 'object stays as it is' : 'objects stay as they are'}.`];
}
function renderChange(change) {
    const object = (0,_object_js__WEBPACK_IMPORTED_MODULE_0__/* .describeRef */ .Ro)(change.ref);
    switch (change.kind) {
        case 'same':
            return [];
        case 'untried':
            return [`+ ${object} (not tried: ${change.why})`];
        case 'new':
            return [`+ ${object}${change.from === undefined ? '' : ` (follows ${change.from})`}`, ...indented(change.lines)];
        case 'changed':
            return [`~ ${object}`, ...indented(change.lines)];
    }
}
/** The sign stays first, for whoever colours it. */
function indented(lines) {
    const rest = lines.length - MOST_LINES;
    const shown = lines.slice(0, MOST_LINES).map((line) => `${line.slice(0, 1)}    ${line.slice(2)}`);
    return rest > 0 ? [...shown, `     (${rest} more lines)`] : shown;
}


/***/ })

};
