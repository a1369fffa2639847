namespace Fovea.Workbench;

/// <content>What is wrong whatever its share: values, labels, lists of classes.</content>
internal static partial class DataFindings
{
    private static Finding? Values(DataReport data)
    {
        string what = string.Join(
            " and ",
            new[]
            {
                data.Unreadable > 0 ? $"{Figures.Of(data.Unreadable, "item")} cannot be read" : null,
                data.NonFinite > 0
                    ? $"{Figures.Of(data.NonFinite, "item has", "items have")} values that are no finite numbers"
                    : null,
            }.OfType<string>()
        );
        return what.Length == 0
            ? null
            : new Finding(Verdict.Fix, Cause.NonFinite, $"Of {data.Looked:N0} items, {what}.")
            {
                Crossed = [new("items without finite values", data.Unreadable + data.NonFinite, ">", 0, "a fact")],
                Remedy = "Leave these items out, or mend the files: one such value makes every weight NaN.",
            };
    }

    private static Finding? Labels(DataReport data) =>
        data.LabelsOutOfRange == 0
            ? null
            : new Finding(
                Verdict.Fix,
                Cause.ClassCount,
                $"{Figures.Of(data.LabelsOutOfRange, "label is", "labels are")} none of the {data.TrainPerClass.Count} classes."
            )
            {
                Crossed = [new("labels that are no class", data.LabelsOutOfRange, ">", 0, "a fact")],
                Remedy = "Let labels count from 0, and name every class in Classes.",
            };

    private static Finding? Order(Measurements measured, DataReport data) =>
        data.ClassOrderDiffers
            ? new Finding(Verdict.Fix, Cause.ClassOrder, "The parts have the same classes in another order.")
            {
                Remedy = "Use one list of classes for all parts.",
            }
        : data.ClassesDiffer
            ? new Finding(
                Verdict.Fix,
                Cause.ClassOrder,
                $"A part has classes that are none of the {measured.Run.Classes.Count} learned."
            )
            {
                Remedy = "Use one list of classes for all parts.",
            }
        : null;
}
