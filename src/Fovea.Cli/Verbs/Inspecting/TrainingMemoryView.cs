using Fovea.Cli.Display;
using Fovea.Workbench;

namespace Fovea.Cli.Verbs;

/// <summary>What a training step keeps, as a table or JSON.</summary>
internal static class TrainingMemoryView
{
    /// <summary>Writes it.</summary>
    public static void Write(TrainingMemory memory, string model, int batch, Terminal terminal, bool json)
    {
        (long peak, string at) = memory.Peak(batch);
        if (json)
        {
            terminal.WriteJson(
                new
                {
                    Model = model,
                    Batch = batch,
                    KeptBytes = memory.KeptBytes(batch),
                    PeakBytes = peak,
                    PeakAt = at,
                    Kept = memory.Kept.Select(k => new
                    {
                        k.Layer,
                        k.What,
                        Shape = k.Shape.ToString(),
                        k.BytesPerItem,
                        k.Readers,
                    }),
                }
            );
            return;
        }

        ResultTable table = new(
            new("kept for backward", Folds: true),
            new("shape"),
            new("an item", IsNumber: true),
            new("read by the gradients of", Folds: true)
        );
        foreach (KeptResult kept in memory.Kept)
        {
            table.Add(
                kept.What.Length > 0 ? $"{kept.Layer}, {kept.What}" : kept.Layer,
                kept.Shape.ToString(),
                kept.BytesPerItem > 0 ? NumberText.Bytes(kept.BytesPerItem) : "",
                string.Join(", ", kept.Readers)
            );
        }

        string items = batch == 1 ? "one item" : $"a batch of {batch}";
        terminal.Write([
            .. table.Lines(terminal),
            "",
            $"kept   {NumberText.Bytes(memory.KeptBytes(batch))} for {items}",
            .. TextLayout.Wrap(
                $"peak   {NumberText.Bytes(peak)} of values alive at once, at {at}; gradients of parameters among them, parameters, the batch and the kernels' workspace not",
                terminal.TextWidth,
                7,
                0
            ),
        ]);
    }
}
