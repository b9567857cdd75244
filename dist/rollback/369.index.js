export const id = 369;
export const ids = [369];
export const modules = {

/***/ 9369:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   L: () => (/* binding */ forAll),
/* harmony export */   j: () => (/* binding */ settleAll)
/* harmony export */ });
/** Does the work for all items, at most `atOnce` at a time, and settles when all are settled; results in order. */
async function settleAll(items, atOnce, work) {
    const results = [];
    const queue = items.entries();
    const begin = async (item) => await work(item);
    const worker = async () => {
        for (const [index, item] of queue) {
            const [result] = await Promise.allSettled([begin(item)]);
            results[index] = result;
        }
    };
    await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, worker));
    return results;
}
/** Like `settleAll`; rejects with the first error once all are settled. */
async function forAll(items, atOnce, work) {
    const results = await settleAll(items, atOnce, work);
    return results.map((result) => {
        if (result.status === 'rejected')
            throw result.reason;
        return result.value;
    });
}


/***/ })

};
