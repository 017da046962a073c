/// The page's style and script: `page.css` and `page.js` beside this file, which the build embeds in the program, so that
/// easel stays one file to copy.
enum HTMLPage {
    static let style = String(decoding: PackageResources.page_css, as: UTF8.self)
    static let script = String(decoding: PackageResources.page_js, as: UTF8.self)
}
