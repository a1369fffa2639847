namespace Fovea.Data;

/// <summary>Opens a folder of pictures: one folder a class, with or without train, val and test folders
/// above.</summary>
internal static class ImageFolder
{
    public const string Format = "images";

    private const int Levels = 3, // part, class, and one more
        MostSeen = 20_000;

    /// <summary>Whether there is a picture a few levels down, by the ending or the content of files: a look that ends soon
    /// also where somebody names a whole disk.</summary>
    public static bool Is(string folder)
    {
        FolderWalk walk = new();
        walk.Enter(folder);
        List<string> level = walk.List(folder).Folders;
        for (int depth = 0, seen = 0; depth < Levels && level.Count > 0; depth++)
        {
            List<string> next = [];
            foreach (string at in level)
            {
                (List<string> folders, List<string> files) = walk.List(at);
                if (files.Any(PictureCheck.HasPictureEnding) || (files.Count > 0 && PictureCheck.IsPicture(files[0])))
                {
                    return true;
                }

                next.AddRange(folders);
                if ((seen += files.Count + folders.Count) > MostSeen)
                {
                    return false;
                }
            }

            level = next;
        }

        return false;
    }

    /// <summary>Opens it: every file is read once.</summary>
    public static DataSource Open(string folder, DataOptions options)
    {
        Shape itemShape = options.ItemShape ?? [3, 224, 224];
        ImageInput.Check(itemShape);
        ImageSizing sizing = options.Sizing ?? ImageSizing.Usual(itemShape);
        FolderWalk walk = new();
        walk.Enter(folder);
        FolderLayout layout = FolderLayout.Of(folder, walk, options.AllForTest);
        FolderPart[] parts = [.. new[] { layout.Train, layout.Test }.OfType<FolderPart>()];
        string[] found =
        [
            .. parts.SelectMany(p => p.Classes).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal),
        ];
        IReadOnlyList<string> classes = options.Classes ?? found;
        RequireClasses(folder, found, classes, parts);
        PictureCheck check = new(options, itemShape, sizing);
        (List<PictureFile> train, List<PictureFile> test) = Read(layout, classes, check);
        if (train.Count + test.Count == 0)
        {
            throw DataFormatException.In(
                folder,
                $"there is no picture that can be read below the class folders {FolderNotices.Some(found)}. {string.Join(" ", check.Notices([]))}".TrimEnd()
            );
        }

        List<string> notices = [.. check.Notices([.. train, .. test]), .. layout.Notices];
        notices.AddRange(FolderNotices.OfPlaces(parts, walk));
        notices.AddRange(FolderNotices.OfClasses(found, classes));
        if (layout.Test is null)
        {
            (train, test) = Split(train, options.Seed);
            notices.Add(FolderNotices.OfSplit(train.Count, test.Count));
        }

        RequireBoth(folder, train.Count, test.Count, options.AllForTest);
        notices.AddRange(FolderNotices.OfEmpty(classes, train, test, layout.Train is not null));
        notices.AddRange(PictureTwins.Notices(train, test));
        string name = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)));
        return new DataSource(
            name,
            Format,
            Part(train, options.TrainCount, "train"),
            Part(test, options.TestCount, "test")
        )
        {
            Notices = notices,
            Pictures = PictureStatistics.Of([.. train, .. test]),
        };

        PictureDataset Part(List<PictureFile> pictures, int? count, string part) =>
            new($"{name} {part}", Some(pictures, count, part), classes, itemShape, sizing, options.MostPixels);
    }

    /// <summary>The pictures of both parts that are of the classes.</summary>
    private static (List<PictureFile> Train, List<PictureFile> Test) Read(
        FolderLayout layout,
        IReadOnlyList<string> classes,
        PictureCheck check
    )
    {
        HashSet<string> known = [.. classes.Select(ComposedName.Of)];
        return (Of(layout.Train), Of(layout.Test));

        List<PictureFile> Of(FolderPart? part) =>
            part is null ? [] : check.Run([.. part.Files.Where(file => known.Contains(file.Class))]);
    }

    /// <summary>As many as asked for, in turns from each class, in their order.</summary>
    private static List<PictureFile> Some(List<PictureFile> pictures, int? count, string part) =>
        count is null || count == pictures.Count ? pictures
        : count <= pictures.Count
            ?
            [
                .. pictures
                    .Select((picture, place) => (picture, place))
                    .GroupBy(p => p.picture.Class)
                    .SelectMany(group => group.Select((p, rank) => (p.picture, p.place, rank)))
                    .OrderBy(p => p.rank)
                    .ThenBy(p => p.place)
                    .Take(count.Value)
                    .OrderBy(p => p.place)
                    .Select(p => p.picture),
            ]
        : throw new ArgumentException(
            $"{part} items must be 1 to the folder's {pictures.Count} pictures, got {count}."
        );

    private static void RequireClasses(string folder, string[] found, IReadOnlyList<string> classes, FolderPart[] parts)
    {
        if (found.Length == 0)
        {
            throw DataFormatException.In(
                folder,
                $"no class folders: an image data set has one folder for each class, and the pictures in them; found {PictureCheck.Count(parts.Sum(p => p.Loose), "file")} beside each other."
            );
        }

        if (classes.Count < 2)
        {
            throw DataFormatException.In(
                folder,
                $"there is one class only, '{classes[0]}': with one there is nothing to tell apart. Each class needs a folder of its own; a folder for all others is a class too."
            );
        }
    }

    private static void RequireBoth(string folder, int train, int test, bool allForTest)
    {
        if (test == 0 || (train == 0 && !allForTest))
        {
            throw DataFormatException.In(
                folder,
                $"there must be pictures to learn from and pictures to judge by, found {train} and {test}. Add pictures, or put some of each class into 'test' beside 'train'."
            );
        }
    }

    /// <summary>Sets a share of each class aside; the seed and the names decide which.</summary>
    private static (List<PictureFile> Train, List<PictureFile> Test) Split(List<PictureFile> pictures, ulong seed)
    {
        bool[] test = TestShare.Of([.. pictures.Select(p => p.Class)], new Rng(seed).Split("image folder"));
        return ([.. pictures.Where((_, i) => !test[i])], [.. pictures.Where((_, i) => test[i])]);
    }
}
